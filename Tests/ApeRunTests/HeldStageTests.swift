import ApeCore
import ApeFleet
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// A stage that was not held spoils or fails the run, by whose doing it was.
@Suite struct HeldStageTests: JudgesRuns {
    /// Two stages of 20 agents; in one second of the second stage worker `a` has `stalled` and `absent` agents.
    private func run(stalled: Int = 0, absent: Int = 0) -> LedgerFixture {
        healthyRun(agents: [20, 20]) { window, worker, second in
            guard window.stage == 1, worker == "a", second == 4 else { return }
            window.stalled = stalled
            window.active -= stalled + absent
        }
    }

    @Test(arguments: [(1, Verdict.Status.pass), (2, .fail)])
    func moreThanFivePercentStalledFailTheRun(stalled: Int, status: Verdict.Status) throws {
        let verdict = judged(run(stalled: stalled))
        #expect(verdict.stages.map(\.status) == [.pass, status])
        #expect(verdict.status == status && verdict.scalingStatus == (status == .fail ? .fail : .notExercised))
        #expect(verdict.exitCode == (status == .fail ? .failed : .passed))
        #expect(verdict.criticalFailures.isEmpty)
        #expect(
            verdict.stages[1].reason
                == (status == .fail
                    ? "Agents stalled: in stage s1 2 of 20 waited for one answer for longer than 10s." : nil)
        )
    }

    @Test func theStallsLimitFollowsTheTarget() throws {
        let rules = JudgingRules(targets: [.mtbaThreshold: 2.5])
        let stages = judged(run(stalled: 5), rules).stages
        #expect(stages[1].reason?.hasSuffix("for longer than 25s.") == true)
    }

    @Test(arguments: [(1, true), (2, false)])
    func agentsThatAreMissingByTheFleetsDoingSpoil(absent: Int, isHeld: Bool) throws {
        let verdict = judged(run(absent: absent))
        #expect(verdict.stages.map(\.status) == [.pass, isHeld ? .pass : .inconclusive])
        #expect(verdict.exitCode == (isHeld ? .passed : .inconclusive))
        for key in [KPIKey.mtbaThreshold, .cognitiveLatencyTTFT, .successfulStatefulSessions, .systemCPUEfficiency] {
            #expect(verdict[key]?.status == (isHeld ? .pass : .inconclusive), "\(key)")
        }
    }

    @Test func agentsWithoutRowsFailTheStageAndNoneBefore() {
        var fixture = run(absent: 10)
        let moment = FleetTime(micros: fixture.timeline(1).holdStart.micros)
        fixture.ledger.add(FleetFact(at: moment, .rowsUsedUp(set: "users.csv", rows: 9)))
        let verdict = judged(fixture)
        #expect(verdict.stages.map(\.status) == [.pass, .fail])
        #expect(verdict.stages.map(\.isOutOfRows) == [false, true])
        #expect(
            verdict.stages[1].reason
                == "Rows ran out: in stage s1 at times only 10 of 20 agents were at work, since all rows of users.csv had "
                + "been handed out. Give more rows, or a shorter plan."
        )
        #expect(verdict.exitCode == .failed)
        #expect(fixture.ledger.events.map(\.code) == ["rows_used_up"])
    }

    @Test func aStageThatNobodyHeldIsNeverPassed() {
        let verdict = judged(run(absent: 10))
        #expect(verdict.stages[1].reason?.contains("at times only 10 of 20 agents") == true)
        #expect(verdict.scalingStatus == .inconclusive)
    }

    @Test func aStallOutweighsNoGapInTheMeasurements() {
        var fixture = run(stalled: 10)
        fixture.ledger.ended(atMicros: fixture.timeline(1).holdStart.micros + 8_000_000)
        #expect(judged(fixture).stages[1].status == .inconclusive)
    }

    @Test(arguments: [(2, true), (3, false)])
    func aWindowOrTwoThatAreMissingAreNoAbsence(missing: Int, isHeld: Bool) throws {
        var fixture = LedgerFixture(agents: [10], holdSeconds: 300)
        fixture.run(stage: 0, without: { $0 == "b" && (10..<10 + missing).contains($1) }) { window, _, _ in
            LedgerFixture.healthy(&window)
        }
        let verdict = judged(fixture, JudgingRules(targets: [.maxConcurrentAgents: 10]))
        #expect(verdict.stages[0].status == (isHeld ? .pass : .inconclusive))
        #expect(verdict[.maxConcurrentAgents]?.status == .inconclusive)
    }
}
