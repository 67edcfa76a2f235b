import ApeCore
import ApeFleet
import ApeMetrics
import ApeTestKit
import Testing

@testable import ApeRun

/// What a pause does to a run's account.
struct PauseLedgerTests {
    @Test func aPausedStageIsJudgedByItsSecondAttemptAlone() {
        var fixture = LedgerFixture(agents: [10])
        fixture.run(stage: 0) { window, _, _ in LedgerFixture.healthy(&window, gap: 500_000, samples: 1) }
        let before = fixture.ledger.stages[0].hold[.gap].count
        #expect(before > 0)
        let first = fixture.timeline(0)
        fixture.ledger.add(FleetFact(at: first.holdStart + .seconds(4), .paused))
        #expect(fixture.ledger.stages[0].heldSeconds.count == 4)
        fixture.ledger.add(FleetFact(at: first.holdStart + .seconds(64), .continued(after: .seconds(60))))
        let again = StageTimeline(stage: 0, of: fixture.ledger.plan, start: first.holdStart + .seconds(66))
        fixture.ledger.add(
            FleetFact(at: again.start, .stage(StageSchedule(timeline: again, plannedAgents: 10, fittingAgents: 10)))
        )
        let stage = fixture.ledger.stages[0]
        #expect(stage.hold[.gap].count == 0)
        #expect(stage.aside[.gap].count >= before)
        #expect(stage.heldSeconds == again.holdSeconds)
        #expect(fixture.ledger.books.pauses.map { $0.upperBound - $0.lowerBound } == [60_000_000])
    }

    @Test func theAccountIsTheSameAsOneOfWhatIsStored() {
        var fixture = LedgerFixture(agents: [10])
        let first = fixture.timeline(0)
        var facts = [
            FleetFact(at: first.start, .stage(StageSchedule(timeline: first, plannedAgents: 10, fittingAgents: 10)))
        ]
        var windows: [Window] = []
        fixture.run(stage: 0) { window, _, _ in
            LedgerFixture.healthy(&window)
            windows.append(window)
        }
        var live = RunLedger(plan: fixture.ledger.plan)
        live.add(facts[0])
        for window in windows { live.add(worker: "a", window: window, receivedMicros: window.endMicros) }
        let again = StageTimeline(stage: 0, of: live.plan, start: first.end + .seconds(10))
        let later = [
            FleetFact(at: first.holdStart + .seconds(3), .paused),
            FleetFact(at: first.end + .seconds(8), .continued(after: .seconds(9))),
            FleetFact(
                at: first.end + .seconds(8),
                .stage(StageSchedule(timeline: again, plannedAgents: 10, fittingAgents: 10))
            ),
        ]
        for fact in later { live.add(fact) }
        facts += later
        var stored = RunLedger(plan: fixture.ledger.plan)
        for fact in facts { stored.add(fact) }
        for window in windows { stored.add(worker: "a", window: window, receivedMicros: window.endMicros) }
        #expect(live.stages == stored.stages)
        #expect(live.workers == stored.workers)
        // What a worker did in the first attempt is no part of the second, but of the run.
        let actions = live.whole.counters.filter { $0.key.isOf(.actions) }.values.reduce(0, +)
        #expect(actions > 0 && live.workers["a"]?.actions == actions)
    }

    @Test func aRunThatEndsPausedIsJudgedByWhatWasHeld() {
        var fixture = LedgerFixture(agents: [10])
        fixture.run(stage: 0)
        let timeline = fixture.timeline(0)
        fixture.ledger.add(FleetFact(at: timeline.holdStart + .seconds(4), .paused))
        fixture.ledger.ended(atMicros: timeline.end.micros + 50_000_000)
        #expect(fixture.ledger.stages[0].heldSeconds.count == 4)
        #expect(fixture.ledger.books.pauses.count == 1)
    }

    @Test func anOpenStageKeepsWhatItHeldUntilThePause() {
        let open = [Stage.open(agents: 2, number: 1), .open(agents: 2, number: 2)]
        var ledger = RunLedger(plan: Plan(stages: [open[0]]))
        let first = StageTimeline(stage: 0, of: ledger.plan, start: 1_700_000_000_000_000)
        ledger.add(
            FleetFact(at: first.start, .stage(StageSchedule(timeline: first, plannedAgents: 2, fittingAgents: 2)))
        )
        ledger.add(FleetFact(at: first.holdStart + .seconds(7), .paused))
        ledger.add(FleetFact(at: first.holdStart + .seconds(70), .continued(after: .seconds(63))))
        ledger.add(FleetFact(at: first.holdStart + .seconds(70), .appended(open[1])))
        let second = StageTimeline(stage: 1, of: ledger.plan, start: first.holdStart + .seconds(72))
        ledger.add(
            FleetFact(at: second.start, .stage(StageSchedule(timeline: second, plannedAgents: 2, fittingAgents: 2)))
        )
        #expect(ledger.stages[0].heldSeconds.count == 7)
        #expect(ledger.stages[1].heldSeconds.lowerBound == second.holdSeconds.lowerBound)
    }

    @Test func thePauseIsToldInWords() throws {
        var fixture = LedgerFixture(agents: [1])
        let words = [FleetFact.Kind.paused, .continued(after: .milliseconds(63_400))].map {
            fixture.ledger.add(FleetFact(at: 1_700_000_000_000_000, $0))
        }
        #expect(words[0]?.code == "run_paused")
        #expect(words[1]?.message == "the run goes on, after 63.4 s of pause")
    }
}
