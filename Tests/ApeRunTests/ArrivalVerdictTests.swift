import ApeCore
import ApeMetrics
import ApeTestKit
import Testing

@testable import ApeRun

/// What a stage comes to in which sessions arrive: whose fault it is that some began late.
@Suite struct ArrivalVerdictTests: JudgesRuns {
    /// 20 agents of two workers for 10 s, 10 sessions a second; of an agent's second `busy` went to the target.
    private func run(
        _ arrivals: Arrivals = Arrivals(perSecond: 10),
        busy: Double = 0.2,
        started: Int64 = 5,
        _ change: @escaping (inout Window, String, Int) -> Void = { _, _, _ in }
    ) -> LedgerFixture {
        var fixture = LedgerFixture(agents: [20], arrivals: arrivals)
        fixture.run(stage: 0) { window, worker, second in
            LedgerFixture.healthy(&window)
            window.counters[.sessionsDue] = 5
            window.counters[.sessionsStarted] = started
            window.counters[CounterFamily.agentTime["target"]] = Int64(10_000_000 * busy)
            window.counters[CounterFamily.agentTime["pause"]] = 10_000_000 - Int64(10_000_000 * busy)
            for _ in 0..<started { window.series[.lateness, default: Histogram()].record(1_000) }
            change(&window, worker, second)
        }
        return fixture
    }

    @Test func sessionsThatBeginOnTimeAreReached() throws {
        let stage = try #require(judged(run()).stages.first)
        let figures = try #require(stage.arrivals)
        #expect(stage.status == .pass && stage.reason == nil)
        #expect(figures.askedPerSecond == 10 && figures.reachedPerSecond == 10)
        #expect(figures.due == 100 && figures.started == 100 && figures.lateShare == 0 && figures.waiting == 0)
        #expect(abs(figures.busyAgents - 4) < 1e-9)
        #expect(figures.lateness.count == 100)
        #expect(judged(healthyRun(agents: [20])).stages[0].arrivals == nil)
    }

    @Test func theMeanOfARateThatChangesIsAskedOfWhatWasHeld() throws {
        var fixture = run(Arrivals(fromPerSecond: 0, perSecond: 20))
        #expect(judged(fixture).stages[0].arrivals?.askedPerSecond == 10)
        fixture.ledger.ended(atMicros: fixture.timeline(0).holdStart.micros + 5_000_000)
        #expect(judged(fixture).stages[0].arrivals?.askedPerSecond == 5)
    }

    @Test(arguments: [(1, Verdict.Status.pass), (2, .inconclusive)])
    func moreThanOnePercentLateProvesNothing(late: Int, status: Verdict.Status) {
        let verdict = judged(
            run { window, worker, second in
                if worker == "a", second == 4 { window.counters[.sessionsLate] = Int64(late) }
            }
        )
        #expect(verdict.stages[0].status == status)
        #expect(verdict.exitCode == (status == .pass ? .passed : .inconclusive))
        guard status == .inconclusive else { return }
        #expect(
            verdict.stages[0].reason
                == "20 agents do not carry 10 sessions a second: in stage s0 2 of 100 sessions (2.0 %) began more than 50ms "
                + "late or not at all. A session kept its agent for 0.40 s in the mean, so 4.0 are at work at once (rate x "
                + "time), for which they are enough: workers were missing for a time, or were too busy themselves to begin "
                + "sessions when they arrived."
        )
    }

    @Test func tooFewAgentsAreToldHowManyItTakes() {
        let verdict = judged(run(Arrivals(fromPerSecond: 4, perSecond: 10), busy: 1, started: 2))
        #expect(verdict.stages[0].status == .inconclusive)
        #expect(
            verdict.stages[0].reason
                == "20 agents do not carry sessions at 4/s to 10/s: in stage s0 60 of 100 sessions (60 %) began more than "
                + "50ms late or not at all. A session kept its agent for 5.00 s in the mean, so 50 are at work at once (rate x "
                + "time), and bursts take more: give 73 agents, or ask for fewer sessions."
        )
    }

    @Test func agentsThatStalledAreTheTargetsFault() {
        let verdict = judged(
            run(busy: 1, started: 1) { window, _, second in
                guard second > 4 else { return }
                window.stalled = 5
                window.active -= 5
            }
        )
        #expect(verdict.stages[0].status == .fail && verdict.exitCode == .failed)
        #expect(verdict.stages[0].reason?.hasPrefix("Agents stalled: in stage s0 10 of 20 waited") == true)
    }

    /// A target that dies shortly before the hold's end: nobody has waited for ten seconds by then.
    @Test(arguments: [(1, Verdict.Status.inconclusive), (2, .fail)])
    func agentsWhoseAnswersNeverCameAreTheTargetsFaultToo(unanswered: Int, status: Verdict.Status) {
        let verdict = judged(
            run(busy: 1, started: 4) { window, worker, second in
                guard worker == "b", second == 9 else { return }
                window.counters[.sessionsFailed(.targetUnanswered)] = Int64(unanswered)
            }
        )
        #expect(verdict.stages[0].status == status)
        #expect(
            status != .fail
                || verdict.stages[0].reason
                    == "Agents stalled: in stage s0 2 sessions of 20 agents waited for an answer that never came, while others "
                    + "arrived."
        )
    }
}
