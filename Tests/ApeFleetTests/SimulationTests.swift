import ApeCore
import ApeRun
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// Those that run many simulations give other tests a turn after each: what waits for a socket or a timer has limits.
@Suite("Fleets, simulated")
struct SimulationTests {
    @Test("A fleet without faults runs its plan, loses nothing and moves nobody")
    func plainRun() throws {
        var setup = SimulationSetup.random(seed: 1)
        setup.faults = []
        var simulation = Simulation(setup, tracing: true)
        let report = simulation.run()
        #expect(report.violation == nil, "\(simulation.trace.suffix(200).joined(separator: "\n"))")
        #expect(report.outcome == .finished)
    }

    @Test("Windows that cannot be read are named, and cost nothing else", arguments: 1...8 as ClosedRange<UInt64>)
    func garbledWindows(seed: UInt64) throws {
        var setup = SimulationSetup.random(seed: seed)
        setup.faults = setup.hosts.indices.map { (1_000_000, .garble($0, every: 5)) }
        var simulation = Simulation(setup, tracing: true)
        let report = simulation.run()
        #expect(report.violation == nil, "\(simulation.trace.suffix(200).joined(separator: "\n"))")
        #expect(report.outcome == .finished)
        let refused = report.facts.count { $0.name == "windows_refused" }
        #expect(refused > 5)
        #expect(report.completeness.reduce(0) { $0 + $1.refused } >= Int64(refused))
        #expect(report.completeness.allSatisfy { $0.missing.count >= $0.refused / 2 })
    }

    @Test("A stage with fewer agents than the one before lets them go, and calls none of them stranded")
    func shrinkingPlan() {
        let hosts = [2, 2].map { SimulationSetup.Host(capacity: Capacity(cpus: $0, memoryBytes: 1 << 30)) }
        let stages = [10, 20, 10].map {
            Stage(name: "\($0)", agents: $0, rampMicros: 2_000_000, warmupMicros: 0, holdMicros: 8_000_000)
        }
        let setup = SimulationSetup(
            seed: 1,
            hosts: hosts,
            expectedWorkers: 2,
            plan: Plan(stages: stages),
            limitMicros: 120_000_000
        )
        var simulation = Simulation(setup)
        let report = simulation.run()
        #expect(report.violation == nil)
        #expect(report.outcome == .finished)
        let stranded = report.facts.contains {
            if case .moved(let move) = $0.kind { move.to.isEmpty } else { false }
        }
        #expect(!stranded)
    }

    @Test("What a hold began is waited for until it is answered or the drain is over, but not on a worker of 1.0")
    func drain() throws {
        var setup = BlindSchedule(seed: 0).untroubled
        setup.drain = .seconds(2)
        let answered = try #require(BlindRun(setup))
        #expect((1..<1_500_000).contains(answered.afterHoldMicros))
        // Workers gather for some four seconds, so that this is shortly before the hold's end.
        let last = setup.plan.durationMicros + 2_500_000
        setup.load?.target.troubles = [.init(kind: .hang(answersLater: false), micros: last..<1_000_000_000)]
        let hanging = try #require(BlindRun(setup))
        #expect(hanging.report.violation == nil)
        #expect((2_000_000..<2_600_000).contains(hanging.afterHoldMicros))
        for index in setup.hosts.indices { setup.hosts[index].isOld = true }
        let old = try #require(BlindRun(setup))
        #expect(old.report.violation == nil)
        #expect((0..<1_500_000).contains(old.afterHoldMicros))
    }

    @Test("A run whose disk was full is taken up by the workers that were in it")
    func fullDisk() async throws {
        for seed in 0..<60 as Range<UInt64> {
            await Task.yield()
            var setup = SimulationSetup.random(seed: seed)
            // Back while the workers still keep their last windows, or after they have given up on them.
            setup.faults = [(8_000_000, .fullDisk(downMicros: seed % 2 == 0 ? 500_000 : 18_000_000))]
            var simulation = Simulation(setup)
            let report = simulation.run()
            #expect(report.violation == nil, "seed \(seed)")
            guard let resumed = report.facts.first(where: { $0.name == "resumed" }) else { continue }
            let second = resumed.at.micros / 1_000_000 + 5
            for books in report.completeness {
                let late = books.missing.clamped(to: second..<second + 3_600)
                #expect(late.isEmpty, "seed \(seed): \(books.worker) measured again, and it was not stored")
                #expect(books.duplicateWindows == 0, "seed \(seed): \(books.worker)")
            }
        }
    }

    @Test("A fleet that is scaled while things go wrong keeps every promise, and walks one plan")
    func scaled() async {
        var appended = 0
        for seed in 0..<200 as Range<UInt64> {
            await Task.yield()
            var simulation = Simulation(.standing(seed: seed))
            let report = simulation.run()
            #expect(report.violation == nil, "seed \(seed)")
            #expect(report.outcome != nil, "seed \(seed)")
            appended += report.facts.count { $0.name == "appended" }
        }
        #expect(appended > 200)
    }

    @Test("A run whose budget is spent ends in good order, whatever goes wrong, and costs little more")
    func budget() async throws {
        let price = Scenario.TokenPrice(input: 1, output: 1)
        var ends: [RunOutcome] = []
        for seed in 0..<150 as Range<UInt64> {
            await Task.yield()
            var setup = SimulationSetup.random(seed: seed)
            if seed < 20 { setup.faults = [] }
            let limit = CostLimit(price: price, budget: 0.1)
            setup.costLimit = limit
            var simulation = Simulation(setup)
            let report = simulation.run()
            #expect(report.violation == nil, "seed \(seed)")
            let outcome = try #require(report.outcome, "seed \(seed)")
            ends.append(outcome)
            guard outcome == .budgetSpent else { continue }
            let cost = try #require(report.ledger.tokens).cost(at: price)
            #expect(limit.isReached(by: report.ledger) && cost >= 0.1, "seed \(seed)")
            // A second until a window is cut, one until it is stored, one in which agents stop, and a part of one.
            let second = Double(setup.plan.peakAgents) * Double(SimulationSetup.tokensPerAgent) / 1_000_000
            if seed < 20 { #expect(cost - 0.1 <= 4 * second, "seed \(seed)") }
            let ending = try #require(report.facts.firstIndex { $0.name == "ending" })
            #expect(!report.facts[ending...].contains { ["stage", "granted"].contains($0.name) }, "seed \(seed)")
        }
        #expect(ends[..<20].allSatisfy { $0 == .budgetSpent })
        #expect(ends.count { $0 == .budgetSpent } > 130)
    }

    @Test("Whatever goes wrong, every promise is kept", arguments: 0..<4)
    func seeds(quarter: UInt64) async {
        for seed in (quarter * 250)..<(quarter * 250 + 250) {
            await Task.yield()
            var simulation = Simulation(.random(seed: seed))
            let report = simulation.run()
            #expect(report.violation == nil, "seed \(seed): run `make simulate SEED=\(seed)` for its trace")
        }
    }
}
