import ApeCore
import ApeFleet
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// When a measurement carries no verdict.
@Suite struct OpenVerdictTests: JudgesRuns {
    @Test(arguments: [(1, false), (2, true)])
    func aChokingGeneratorSpoilsLatencies(chokedSeconds: Int, spoils: Bool) throws {
        // One of ten windows is not more than 10 %, two are.
        let fixture = healthyRun { window, worker, second in
            if window.stage == 1, worker == "b", (0..<chokedSeconds).contains(second) {
                window.host.processCPUPercent = 95
            }
        }
        let verdict = judged(fixture)
        #expect(verdict[.mtbaThreshold]?.status == .pass)
        #expect(verdict[.mtbaHighLoad]?.status == (spoils ? .inconclusive : .pass))
        #expect(verdict[.cognitiveLatencyTTFT]?.status == (spoils ? .inconclusive : .pass))
        // It can only lower what these measure, so their passes stand.
        #expect(verdict[.successfulStatefulSessions]?.status == .pass)
        #expect(verdict[.maxConcurrentAgents]?.status == .pass)
        #expect(verdict.exitCode == (spoils ? .inconclusive : .passed))
        #expect(verdict[.mtbaHighLoad]?.details.contains("worker b") == spoils)
    }

    @Test func aChokingGeneratorTakesBackFailuresToo() throws {
        let fixture = healthyRun { window, _, _ in
            window.series[.gap] = histogram([9_000_000])
            window.counters[.sessionsFailed(.targetTimeout)] = 5
            window.host.processCPUPercent = 95
        }
        let verdict = judged(fixture)
        #expect(verdict[.mtbaThreshold]?.status == .inconclusive)
        #expect(verdict[.successfulStatefulSessions]?.status == .inconclusive)
        #expect(verdict[.systemCPUEfficiency]?.status == .pass)
        #expect(verdict.exitCode == .inconclusive)
    }

    @Test(arguments: [(1, true), (2, false)])
    func moreThanOnePercentMissingIsInconclusive(missing: Int, isJudged: Bool) throws {
        var fixture = LedgerFixture(agents: [10], holdSeconds: 50)
        fixture.run(stage: 0, without: { $0 == "b" && (10..<10 + missing).contains($1) }) { window, _, _ in
            LedgerFixture.healthy(&window)
        }
        #expect(try verdict(fixture, .mtbaThreshold).status == (isJudged ? .pass : .inconclusive))
    }

    @Test func anInterruptedRunIsNotPassed() throws {
        var fixture = healthyRun()
        fixture.ledger.ended(atMicros: fixture.timeline(1).holdStart.micros + 5_000_000)
        let verdict = judged(fixture, outcome: .interrupted)
        #expect(verdict.exitCode == .interrupted)
        #expect(verdict[.mtbaThreshold]?.status == .pass)
        #expect(verdict[.mtbaHighLoad]?.status == .inconclusive)
        #expect(verdict[.mtbaHighLoad]?.measured != nil)
        #expect(judged(fixture, outcome: .fleetFailed(FleetFailure("gone"))).exitCode == .fleet)
    }

    @Test func aStageIsJudgedByItsHoldAlone() {
        var fixture = healthyRun(agents: [10, 20, 30, 40]) { window, _, _ in
            if window.stage == 1 { window.active = 9 }
        }
        fixture.ledger.ended(atMicros: fixture.timeline(3).holdStart.micros + 4_000_000)
        let stages = judged(fixture, outcome: .interrupted).stages
        #expect(stages.map(\.status) == [.pass, .inconclusive, .pass, .inconclusive])
        let absent = "Stage s1 was not held: at times only 18 of 20 agents were at work, by the fleet's own doing."
        #expect(stages.map(\.shortfall) == [nil, absent, nil, "The hold of stage s3 was cut short."])
    }

    @Test func theEndOfAnOpenStageCutsNothingShort() {
        let open = ["small", "large", "never"].map {
            Stage(name: $0, agents: 1, rampMicros: 0, warmupMicros: 0, holdMicros: 3_600_000_000, isOpen: true)
        }
        var ledger = RunLedger(plan: Plan(stages: open))
        ledger.workerJoined(WorkerFacts(id: "a", name: "a"), fromMicros: LedgerFixture.start)
        let starts = [0, 0, 5].map { LedgerFixture.start + $0 * 1_000_000 }
        for (stage, start) in starts.enumerated().dropLast() {
            ledger.stageStarted(StageTimeline(stage: stage, of: ledger.plan, start: FleetTime(micros: start)))
        }
        for second in 0..<5 as Range<Int64> {
            var window = LedgerFixture(agents: [1]).window(stage: 0, second: 0, active: 1)
            window.stage = 1
            (window.startMicros, window.endMicros) = (
                starts[1] + second * 1_000_000, starts[1] + (second + 1) * 1_000_000
            )
            ledger.add(worker: "a", window: window)
        }
        ledger.ended(atMicros: starts[2])
        let stages = RunVerdict(judging: ledger, rules: JudgingRules()).stages
        // The first was ended as it began, the last never began.
        #expect(stages.map(\.status) == [.notExercised, .pass, .notExercised])
        #expect(stages.allSatisfy { $0.shortfall == nil })
    }
}
