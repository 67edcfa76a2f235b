import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// What began in a hold counts in it, whenever it ends, and changes nothing else.
@Suite struct LateWindowTests: JudgesRuns {
    private func late(_ fixture: LedgerFixture, second: Int, stage: Int = 0) -> Window {
        var window = fixture.window(stage: stage, second: second)
        (window.isLate, window.assigned, window.active) = (true, 0, 0)
        window.series[.gap] = histogram([8_000_000])
        window.series[.ttft] = histogram([7_000_000])
        window.counters = [.sessionsFailed(.targetUnanswered): 1, .actions(.error): 1]
        window.series[.sessionUnanswered] = histogram([1])
        return window
    }

    @Test func itsSamplesAreTheHoldsAndItsSeconds() {
        var fixture = healthyRun(agents: [10])
        let before = fixture.ledger
        fixture.ledger.add(worker: "a", window: late(fixture, second: 4), receivedMicros: .max / 2)
        let (stage, old) = (fixture.ledger.stages[0], before.stages[0])
        #expect(stage.hold[.gap].count == old.hold[.gap].count + 1)
        #expect(stage.hold[.gap].sumMicros == old.hold[.gap].sumMicros + 8_000_000)
        #expect(stage.aside == old.aside)
        let (second, was) = (stage.holdTotals.dropFirst(4).first, old.holdTotals.dropFirst(4).first)
        #expect(second?.gap.count == 9 && was?.gap.count == 8)
        #expect(second?.completedSessions == 3 && second?.actions == 9)
        #expect(second?.workers == 2 && second?.active == 10, "the second has its own window")
    }

    @Test func itCoversNoSecondAndIsNoMoment() {
        var fixture = LedgerFixture(agents: [10])
        fixture.run(stage: 0, without: { $0 == "b" && $1 == 3 }) { window, _, _ in LedgerFixture.healthy(&window) }
        let before = fixture.ledger
        for worker in ["a", "b"] {
            fixture.ledger.add(worker: worker, window: late(fixture, second: 3), receivedMicros: .max / 2)
        }
        let ledger = fixture.ledger
        #expect(ledger.completeness(ofStage: 0).missingSeconds == 1)
        #expect(ledger.workerCompleteness.map(\.windows) == before.workerCompleteness.map { $0.windows + 1 })
        #expect(ledger.workerCompleteness.map(\.lateWindows) == [0, 0])
        #expect(ledger.workers["a"]?.latest == before.workers["a"]?.latest)
        #expect(ledger.workers["a"]?.stages[0]?.holdWindows == 10)
        #expect(ledger.workers["a"]?.stages[0]?.cpu == before.workers["a"]?.stages[0]?.cpu)
    }

    @Test func itMayComeForAnEarlierStage() {
        var fixture = healthyRun(agents: [10, 20])
        fixture.ledger.add(worker: "a", window: late(fixture, second: 9))
        #expect(fixture.ledger.stages[0].hold.failedSessions == 1)
        #expect(fixture.ledger.stages[1].hold.failedSessions == 0)
    }

    @Test func theTimelineTakesItsSamplesAndNotItsFleet() {
        let fixture = healthyRun(agents: [10])
        var builder = TimelineBuilder(fixture.ledger)
        var points = builder.add(worker: "a", window: fixture.window(stage: 0, second: 0))
        points += builder.add(worker: "a", window: late(fixture, second: 0))
        points += builder.finish()
        #expect(points.map(\.activeAgents) == [5] && points.map(\.workers) == [1])
        #expect(points.map(\.gap.count) == [1] && points.map(\.counts.sessionsFailed) == [1])
    }
}
