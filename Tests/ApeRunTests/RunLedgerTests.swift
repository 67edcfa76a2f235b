import ApeCore
import ApeFleet
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct RunLedgerTests {
    @Test func onlyTheHoldIsJudged() {
        var fixture = LedgerFixture(agents: [10])
        fixture.run(stage: 0) { window, _, second in
            LedgerFixture.healthy(&window, gap: second < 0 ? 9_000_000 : 500_000, samples: 1)
        }
        var drain = fixture.window(stage: 0, second: 10, phase: .drain)
        LedgerFixture.healthy(&drain)
        fixture.ledger.add(worker: "a", window: drain)
        // A window that says "hold" but lies outside of it is not the hold's.
        var early = fixture.window(stage: 0, second: -1, phase: .hold)
        LedgerFixture.healthy(&early)
        fixture.ledger.add(worker: "a", window: early)
        let stage = fixture.ledger.stages[0]
        #expect(stage.hold[.gap].count == 20)
        #expect(stage.hold[.gap].meanMicros == 500_000)
        #expect(stage.aside[.gap].count == 4 + 4 + 4)
        #expect(fixture.ledger.whole[.gap].count == 32)
        #expect(stage.holdTotals.allSatisfy { $0.gap == SumAndCount(sumMicros: 1_000_000, count: 2) })
    }

    @Test func achievedIsTheLeastSumOfActiveAgents() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0) { window, worker, second in
            if worker == "b", second == 7 { window.active = 44 }
            if second < 0 { window.active = 0 }
        }
        #expect(fixture.ledger.stages[0].achievedAgents == 94)
        #expect(!fixture.ledger.stages[0].isSuccess)
    }

    @Test func ninetyFivePercentIsSuccess() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0) { window, worker, second in
            if worker == "b", second == 7 { window.active = 45 }
        }
        #expect(fixture.ledger.stages[0].isSuccess)
    }

    @Test func whatDidNotArriveIsNotAchieved() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0, without: { $0 == "b" && $1 == 3 })
        #expect(fixture.ledger.stages[0].achievedAgents == 50)
    }

    @Test func aSecondCountsItsAgentsOnce() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0)
        fixture.ledger.add(worker: "a", window: fixture.window(stage: 0, second: 4, active: 50))
        #expect(fixture.ledger.stages[0].holdTotals.map(\.active).max() == 100)
    }

    @Test func aLateJoinersRampCountsAsActiveButIsNotJudged() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0) { window, worker, _ in
            LedgerFixture.healthy(&window)
            if worker == "b", window.phase == .hold { window.phase = .ramp }
        }
        #expect(fixture.ledger.stages[0].achievedAgents == 100)
        #expect(fixture.ledger.stages[0].hold[.gap].count == 40)
        #expect(fixture.ledger.stages[0].holdTotals.reduce(0) { $0 + $1.gap.count } == 40)
        #expect(fixture.ledger.completeness.missingSeconds == 0)
    }

    @Test func anInterruptedHoldEndsThere() {
        var fixture = LedgerFixture(agents: [100, 200])
        fixture.run(stage: 0)
        fixture.run(stage: 1, without: { $1 >= 4 })
        fixture.ledger.ended(atMicros: fixture.timeline(1).holdStart.micros + 4_300_000)
        #expect(fixture.ledger.stages[0].cutMicros == nil)
        #expect(fixture.ledger.stages[1].holdTotals.count == 4)
        #expect(fixture.ledger.stages[1].achievedAgents == 200)
        #expect(fixture.ledger.completeness.missing.isEmpty)
    }

    @Test func aStageStartedOverIsJudgedByItsLastAttempt() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0) { window, _, _ in LedgerFixture.healthy(&window) }
        fixture.ledger.stageStarted(fixture.timeline(0))
        #expect(fixture.ledger.stages[0].hold[.gap].count == 80)
        var later = fixture.timeline(0)
        later.start = later.start + .seconds(60)
        fixture.ledger.stageStarted(later)
        #expect(fixture.ledger.stages[0].hold.isEmpty)
        #expect(fixture.ledger.stages[0].aside[.gap].count == 96)
        #expect(fixture.ledger.stages[0].achievedAgents == 0)
    }

    @Test func aWindowOfSeveralSecondsCoversThem() {
        var fixture = LedgerFixture(agents: [100], workers: ["a"])
        fixture.run(stage: 0, workers: ["a"], without: { [4, 5, 6].contains($1) })
        var long = fixture.window(stage: 0, second: 4, active: 100)
        long.endMicros += 2_000_000
        fixture.ledger.add(worker: "a", window: long)
        #expect(fixture.ledger.completeness.missing.isEmpty)
        #expect(fixture.ledger.stages[0].achievedAgents == 100)
    }

    @Test func hostileWindowsDoNotHarm() {
        var fixture = LedgerFixture(agents: [10])
        fixture.ledger.add(worker: "x", window: fixture.window(stage: 0, second: 0))
        for stage in [-1, 1, .max] {
            var stray = fixture.window(stage: 0, second: 0)
            stray.stage = stage
            fixture.ledger.add(worker: "x", window: stray)
        }
        #expect(fixture.ledger.strayWindows == 3)
        for (from, to) in [(Int64.min, Int64.max), (.max, .min), (.max, .max), (-5, -4), (0, 1)] {
            var wild = fixture.window(stage: 0, second: 0, active: -9)
            (wild.startMicros, wild.endMicros) = (from, to)
            wild.counters = [.sessionsSucceeded: .max, .actions(.successful): -4]
            wild.host = HostSample(cpuPercent: .nan, memoryPercent: .infinity)
            fixture.ledger.add(worker: "x", window: wild)
        }
        #expect(fixture.ledger.whole[CounterName.sessionsSucceeded] == .max)
        #expect(fixture.ledger.whole.actions == 0)
        fixture.ledger.stageStarted(
            StageTimeline(stage: 9, start: 0, ramp: .zero, warmup: .zero, hold: 1)
        )
        fixture.ledger.stageStarted(
            StageTimeline(stage: 0, start: .distantFuture, ramp: .max, warmup: .zero, hold: .max)
        )
        fixture.ledger.add(worker: "x", window: fixture.window(stage: 0, second: 0))
        #expect(fixture.ledger.completeness.expectedSeconds >= 0)
    }

    @Test func endlessLabelsAreFolded() {
        var fixture = LedgerFixture(agents: [10])
        for number in 0..<3_000 {
            var window = fixture.window(stage: 0, second: 0)
            window.counters = [.sessionsFailed(FailureReason(rawValue: "r\(number)")): 1]
            window.series[.target(route: "\(number)"), default: Histogram()].record(1)
            fixture.ledger.add(worker: "a", window: window)
        }
        let hold = fixture.ledger.stages[0].hold
        #expect(hold.counters.count == Measures.maximumCounters + 1)
        #expect(hold.series.count == Measures.maximumNames + 1)
        #expect(hold.series.values.reduce(0) { $0 + $1.count } == 3_000)
    }

    @Test func aThousandWorkersForHalfAnHourStaySmall() {
        // 1,000 workers x 1,800 s would be 1.8 million windows; what is kept depends on workers and seconds alone.
        var fixture = LedgerFixture(agents: [1_000], holdSeconds: 1_800, workers: [])
        for second in [0, 900, 1_799] {
            for worker in 0..<1_000 {
                var window = fixture.window(stage: 0, second: second, active: 1)
                LedgerFixture.healthy(&window)
                fixture.ledger.add(worker: "w\(worker)", window: window)
            }
        }
        #expect(fixture.ledger.workers.count == 1_000)
        #expect(fixture.ledger.stages[0].seconds.count == 1_802)
        #expect(fixture.ledger.stages[0].hold.series.count == 3)
    }
}
