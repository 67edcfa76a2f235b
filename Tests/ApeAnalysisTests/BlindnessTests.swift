import ApeCore
import ApeMetrics
import ApeRun
import ApeTestKit
import Testing

@testable import ApeAnalysis

/// What did not happen is evidence too: nothing that hangs, dies, floods or pauses slips through a verdict.
@Suite("Blindness, simulated")
struct BlindnessTests {
    /// In percent, of the agents times the hold.
    private static let greatestResidual = 0.1
    /// A hold in so much of which a service failed its requests cannot reach 85 % of its sessions.
    private static let leastSilence = 0.25
    /// Agents that are missing for longer than this are seen to be.
    private static let seenMicros: Int64 = 3_500_000

    @Test(
        "Whatever goes wrong, the report accounts for all time, names who was hurt, and passes no hold without answers",
        arguments: 0..<60 as Range<UInt64>
    )
    func seeds(seed: UInt64) throws {
        let schedule = BlindSchedule(seed: seed)
        let run = try #require(BlindRun(schedule.setup), "\(schedule)")
        #expect(run.report.violation == nil, "\(schedule)")
        let verdict = verdict(on: run)
        for stage in verdict.stages {
            let accounting = try #require(stage.accounting, "\(schedule)")
            #expect(accounting.residualPercent <= Self.greatestResidual, "\(schedule)")
        }
        switch schedule.kind {
        case .nobody: try checkQuiet(run, verdict, schedule)
        case .worker, .coordinator: try checkFleet(run, verdict, schedule)
        case .target, .inference, .several: try checkServices(run, verdict, schedule)
        }
    }

    @Test(
        "An agent's time is whole where a worker leaves in mid-hold and another joins",
        arguments: 0..<12 as Range<UInt64>
    )
    func changingWorkers(seed: UInt64) throws {
        let schedule = BlindSchedule(seed: seed * 6)
        var setup = schedule.untroubled
        setup.hosts.append(setup.hosts[0])
        // Gathering takes some three seconds; a hold lasts 14 at least.
        setup.hosts[setup.hosts.count - 1].joinsMicros = 9_000_000 + 70_000 * Int64(seed)
        setup.faults = [(14_000_000 + 80_000 * Int64(seed), .leave(0))]
        // A request that an agent finishes before it goes lasts beyond its second.
        let always = 0..<1_000_000_000 as Range<Int64>
        setup.load?.target.troubles = [ServiceTrouble(kind: .slow(factor: 15), micros: always)]
        let run = try #require(BlindRun(setup), "\(schedule)")
        #expect(run.report.violation == nil, "\(schedule)")
        for stage in verdict(on: run).stages {
            let accounting = try #require(stage.accounting, "\(schedule)")
            #expect(accounting.residualPercent <= Self.greatestResidual, "\(schedule)")
        }
    }

    @Test(
        "Agents that wait for ever are stalled, and what they wait for has failed",
        arguments: [Party.target, .inference]
    )
    func forEver(party: Party) throws {
        var setup = BlindSchedule(seed: 30).untroubled
        setup.load?.requestTimeoutMicros = 120_000_000
        setup.load?.sessionTimeoutMicros = 120_000_000
        // Some 12 s before the hold's end.
        let micros = 9_000_000..<1_000_000_000 as Range<Int64>
        setup.load?[party].troubles = [ServiceTrouble(kind: .hang(answersLater: false), micros: micros)]
        let run = try #require(BlindRun(setup))
        let verdict = verdict(on: run)
        let stage = try #require(run.ledger.stages.last)
        #expect(verdict.exitCode == .failed)
        #expect(verdict.stages.last?.status == .fail && stage.achievedAgents == 0)
        #expect(stage.stalledAgents == stage.stage.agents)
        let reason = FailureReason(rawValue: "\(party.rawValue)_unanswered")
        #expect(stage.hold[.sessionsFailed(reason)] == Int64(stage.stage.agents))
        #expect(first(run, verdict)?.cause.rawValue == party.rawValue)
    }

    private func verdict(on run: BlindRun) -> RunVerdict {
        RunVerdict(judging: run.ledger, rules: JudgingRules(), outcome: run.outcome)
    }

    /// Nothing went wrong: nothing failed, and the run was not a gap longer than its plan.
    private func checkQuiet(_ run: BlindRun, _ verdict: RunVerdict, _ schedule: BlindSchedule) throws {
        #expect(verdict.exitCode == .passed, "\(schedule)")
        let failed = run.ledger.stages.reduce(Int64(0)) { $0 + $1.hold.total(of: .sessionsFailed) }
        #expect(failed == 0, "\(schedule)")
        let gap = try #require(run.ledger.stages.last?.hold[.gap].maxMicros, "\(schedule)")
        #expect((0...gap + schedule.setup.heartbeat.micros).contains(run.afterHoldMicros), "\(schedule)")
    }

    /// The fleet took agents away: that proves nothing of anybody else.
    private func checkFleet(_ run: BlindRun, _ verdict: RunVerdict, _ schedule: BlindSchedule) throws {
        if verdict.exitCode == .passed { try checkTwin(verdict, schedule) }
        guard run.missingMicros > Self.seenMicros else { return }
        #expect(verdict.exitCode == (run.outcome == .finished ? .inconclusive : .fleet), "\(schedule)")
        #expect(first(run, verdict)?.cause == .harness, "\(schedule)")
    }

    /// A service did: whoever was hurt is named, and nothing passes.
    private func checkServices(_ run: BlindRun, _ verdict: RunVerdict, _ schedule: BlindSchedule) throws {
        let twin = try checkTwin(verdict, schedule)
        for (party, trouble) in schedule.troubles {
            let isHurt = run.answered(of: party, beside: twin) < 0.5
            let isSilent = trouble.fails && run.silence(of: party, beside: twin) >= Self.leastSilence
            guard isHurt || isSilent else { continue }
            #expect(verdict.exitCode != .passed, "\(party) was hurt: \(schedule)")
            guard schedule.kind != .several else { continue }
            #expect(verdict.exitCode == .failed, "\(schedule)")
            #expect(first(run, verdict)?.cause.rawValue == party.rawValue, "\(schedule)")
        }
    }

    /// Trouble makes no verdict better.
    @discardableResult
    private func checkTwin(_ verdict: RunVerdict, _ schedule: BlindSchedule) throws -> BlindRun {
        let twin = try #require(BlindRun(schedule.untroubled), "\(schedule)")
        let expected: ExitCode = schedule.isSlow ? .failed : .passed
        #expect(self.verdict(on: twin).exitCode == expected, "without trouble: \(schedule)")
        if schedule.isSlow { #expect(verdict.exitCode != .passed, "\(schedule)") }
        return twin
    }

    private func first(_ run: BlindRun, _ verdict: RunVerdict) -> Recommendation? {
        OptimizationAnalysis(ledger: run.ledger, verdict: verdict).recommendations.first
    }
}
