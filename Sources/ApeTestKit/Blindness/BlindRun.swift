import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// A simulated run beside what really happened in it.
package struct BlindRun: Sendable {
    package let report: SimulationReport
    package let ledger: RunLedger
    package let outcome: RunOutcome
    private let load: SimulatedLoad?
    /// The last stage's hold in true time, whole seconds.
    private let hold: Range<Int64>
    /// Fleet time: from the last hold's end to the moment in which the coordinator ended the run.
    package let afterHoldMicros: Int64
    /// The longest stretch of the holds in which agents were missing for want of a process or of an order to run.
    package let missingMicros: Int64

    package init?(_ setup: SimulationSetup) {
        var simulation = Simulation(setup)
        report = simulation.run()
        guard let outcome = report.outcome, let timeline = simulation.ledger.stages.last?.timeline else { return nil }
        self.outcome = outcome
        ledger = simulation.ledger
        load = simulation.load
        hold =
            simulation.trueMicros(ofFleet: timeline.holdStart) / 1_000_000..<simulation.trueMicros(
                ofFleet: timeline.end
            ) / 1_000_000
        let ending = report.facts.last { if case .ending = $0.kind { true } else { false } }
        afterHoldMicros = ending.map { ($0.at - timeline.end).micros } ?? 0
        missingMicros = simulation.longestMissing
    }

    /// The seconds of the last hold, of all, in which a party answered less than half of what it answers in another run.
    package func silence(of party: Party, beside other: BlindRun) -> Double {
        let usual = other.answers(of: party).reduce(0, +) / max(1, other.hold.count)
        let pairs = zip(answers(of: party), answers(of: party).dropFirst())
        return Double(pairs.count { $0 + $1 < usual }) / Double(max(1, hold.count))
    }

    /// What a party answered in the last hold, as a share of what it answers in another run.
    package func answered(of party: Party, beside other: BlindRun) -> Double {
        let usual = other.answers(of: party).reduce(0, +)
        return Double(answers(of: party).reduce(0, +)) / Double(max(1, usual))
    }

    /// Requests that a party answered as it should in each second of the last hold.
    package func answers(of party: Party) -> [Int] {
        hold.map { load?[party].answered[$0] ?? 0 }
    }
}
