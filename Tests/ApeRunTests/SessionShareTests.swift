import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// A dead service ends few sessions: seconds weigh alike, so that its death is not forgotten.
@Suite struct SessionShareTests: JudgesRuns {
    /// A hold in which each worker ends `sessions` in each second, the successful and the failed ones.
    private func run(
        agents: [Int] = [10],
        holdSeconds: Int = 20,
        _ change: (inout Window, String, Int) -> Void = { _, _, _ in },
        sessions: (Int) -> (successful: Int64, failed: Int64)
    ) -> LedgerFixture {
        var fixture = LedgerFixture(agents: agents, holdSeconds: holdSeconds)
        for stage in agents.indices {
            fixture.run(stage: stage) { window, worker, second in
                LedgerFixture.healthy(&window)
                let (successful, failed) = sessions(second)
                window.counters = [
                    .sessionsSucceeded: successful, .sessionsSuccessfulStateful: successful,
                    .sessionsFailed(.target5xx): failed,
                ]
                window.series[.session] = histogram(Array(repeating: 400_000, count: Int(successful + failed)))
                window.series[.sessionSuccessful] = histogram(Array(repeating: 400_000, count: Int(successful)))
                change(&window, worker, second)
            }
        }
        return fixture
    }

    @Test func inASteadyHoldItIsThePlainShare() throws {
        let verdict = try verdict(run { _ in (9, 1) }, .successfulStatefulSessions)
        #expect(verdict.measured == 90 && verdict.samples == 400)
        #expect(verdict.sessions?.plain == .init(count: 360, trials: 400))
        #expect(verdict.interval == WilsonScore.interval(successes: 360, trials: 400)?.scaled(by: 100))
    }

    @Test func aFloodOfSuccessesDoesNotHideASlowDeath() throws {
        // Half of the hold ends 100 sessions a second well, the other half one in two seconds, and badly.
        let fixture = run { second in second < 10 ? (50, 0) : (0, second % 2 == 0 ? 1 : 0) }
        let verdict = try verdict(fixture, .successfulStatefulSessions)
        #expect(verdict.measured == 50 && verdict.status == .fail)
        #expect(verdict.sessions?.plain == .init(count: 1_000, trials: 1_010))
        #expect(verdict.details.contains("99.0 % with each session weighing alike"))
    }

    @Test func whereNoneEndedThoseThatWereOpenTell() throws {
        // Sessions of 5 s end in the ramp of the next stage: in the last four seconds of the hold none ends.
        var fixture = run(agents: [10, 10]) { second in second < 16 ? (5, 0) : (0, 0) }
        var after = fixture.window(stage: 1, second: -1)
        after.counters = [.sessionsSucceeded: 1, .sessionsFailed(.target5xx): 3, .sessionsSuccessfulStateful: 1]
        after.series[.session] = histogram([5_400_000, 5_400_000, 5_400_000, 5_400_000])
        after.series[.sessionSuccessful] = histogram([5_400_000])
        fixture.ledger.add(worker: "a", window: after)
        let share = judged(fixture).stages[0].sessions
        // They ended a second and a half after the hold, and so were open from its 17th second on.
        #expect(share.parts.map(\.sessions) == [20, 20, 20, 20, 20, 20, 20, 20, 4, 4])
        #expect(share.parts.last?.successful == 1)
        #expect(share.value == 0.85)
    }

    @Test func whatIsNeverAnsweredIsFailedAndOpenToTheEnd() throws {
        // All hangs from 10 s on, and is filed when nobody waits any longer.
        var fixture = run { second in second < 10 ? (5, 0) : (0, 0) }
        var late = fixture.window(stage: 0, second: 9)
        (late.isLate, late.assigned, late.active) = (true, 0, 0)
        late.counters = [.sessionsFailed(.targetUnanswered): 10]
        late.series[.sessionUnanswered] = histogram(Array(repeating: 200_000, count: 10))
        fixture.ledger.add(worker: "a", window: late)
        let verdict = judged(fixture)
        let share = verdict.stages[0].sessions
        let (sessions, successful) = (share.parts.map(\.sessions), share.parts.map(\.successful))
        #expect(sessions == [20, 20, 20, 20, 30, 10, 10, 10, 10, 10])
        #expect(successful == [20, 20, 20, 20, 20, 0, 0, 0, 0, 0])
        #expect(try Decimals.text(#require(share.value), places: 6) == "0.466667")
        #expect(share.plain == .init(count: 100, trials: 110))
        #expect(verdict[.successfulStatefulSessions]?.status == .fail && verdict.exitCode == .failed)
    }

    @Test func partsOfWhichNothingIsKnownAreLeftOut() throws {
        let share = judged(run { second in second < 10 ? (5, 0) : (0, 0) }).stages[0].sessions
        #expect(share.parts.count == 5 && share.value == 1)
        // A worker of before version 1.1 tells only how long sessions lasted.
        let old = run(
            { window, _, _ in
                window.series[.session] = window.counters[.sessionsSucceeded] == 0 ? nil : histogram([9_000_000])
                window.series[.sessionSuccessful] = nil
            },
            sessions: { second in second == 19 ? (5, 0) : (0, 0) }
        )
        #expect(judged(old).stages[0].sessions.parts.count == 1)
    }

    @Test func stagesWeighByTheirSeconds() throws {
        let plan = (0..<2).map {
            Stage(
                name: "s\($0)",
                agents: 10,
                rampMicros: 0,
                warmupMicros: 0,
                holdMicros: $0 == 0 ? 3_000_000 : 9_000_000
            )
        }
        var ledger = RunLedger(plan: Plan(stages: plan))
        var start = LedgerFixture.start
        for stage in plan.indices {
            ledger.stageStarted(StageTimeline(stage: stage, of: ledger.plan, start: FleetTime(micros: start)))
            for _ in 0..<plan[stage].holdMicros / 1_000_000 {
                var window = LedgerFixture(agents: [10, 10]).window(stage: stage, second: 0, active: 10)
                (window.startMicros, window.endMicros) = (start, start + 1_000_000)
                window.counters = [.sessionsFailed(.target5xx): 1]
                if stage == 0 { window.counters = [.sessionsSucceeded: 90, .sessionsSuccessfulStateful: 90] }
                ledger.add(worker: "a", window: window)
                start += 1_000_000
            }
        }
        let verdict = RunVerdict(judging: ledger, rules: JudgingRules())
        // A hold of three seconds has three parts.
        #expect(verdict.stages.map(\.sessions.parts.count) == [3, 9])
        #expect(verdict[.successfulStatefulSessions]?.measured == 25)
    }

    @Test func aRunOfSingleRequestsIsJudgedByPlainSuccess() throws {
        let rules = JudgingRules(usesInference: false, canBeStateful: false)
        let verdict = try verdict(run { _ in (9, 1) }, .successfulStatefulSessions, rules)
        #expect(verdict.status == .pass)
        #expect(
            verdict.details.hasSuffix(
                "Statefulness is NOT_EXERCISED: every goal is a single request; judged as plain success."
            )
        )
        #expect(verdict.details.contains("360 of 400 completed sessions were successful, 90.0 %"))
    }
}
