import ApeCore
import ApeFleet
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct CompletenessTests {
    @Test func missingSecondsAreNamed() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0, without: { $0 == "b" && [2, 3, 7].contains($1) })
        let hold = fixture.timeline(0).holdStart.micros / 1_000_000
        let complete = fixture.ledger.completeness(ofStage: 0)
        #expect(complete.expectedSeconds == 20)
        #expect(complete.receivedSeconds == 17)
        #expect(
            complete.missing == [
                .init(worker: "b", stage: 0, phase: .hold, seconds: hold + 2..<hold + 4),
                .init(worker: "b", stage: 0, phase: .hold, seconds: hold + 7..<hold + 8),
            ]
        )
        #expect(!complete.isSufficient)
        #expect(fixture.ledger.workerCompleteness.map(\.missing.count) == [0, 3])
        // Late is not missing.
        for second in [2, 3, 7] {
            fixture.ledger.add(worker: "b", window: fixture.window(stage: 0, second: second))
        }
        #expect(fixture.ledger.completeness.missing.isEmpty)
    }

    @Test func aWorkerOwesOnlyWhileItIsThere() {
        var fixture = LedgerFixture(agents: [100], workers: ["a"])
        let hold = fixture.timeline(0).holdStart.micros
        fixture.ledger.workerJoined(WorkerFacts(id: "late", name: "late"), fromMicros: hold + 4_500_000)
        fixture.ledger.books.lose("late", atMicros: hold + 8_200_000)
        fixture.run(stage: 0, workers: ["a"])
        // Seconds 5, 6 and 7 are wholly inside its stay.
        #expect(fixture.ledger.workerCompleteness[1].expectedSeconds == 3)
        #expect(fixture.ledger.completeness(ofStage: 0).missingSeconds == 3)
        fixture.ledger.workerJoined(WorkerFacts(id: "late", name: "late"), fromMicros: hold + 9_000_000)
        #expect(fixture.ledger.workerCompleteness[1].expectedSeconds == 4)
        #expect(fixture.ledger.workerCompleteness[1].presences.map(\.ending) == [.lost, nil])
    }

    @Test func aFleetWithoutWorkersOwesEverySecond() {
        var fixture = LedgerFixture(agents: [100], workers: ["a"])
        let hold = fixture.timeline(0).holdStart.micros
        fixture.run(stage: 0, workers: ["a"], without: { $1 >= 6 })
        fixture.ledger.books.stop("a", lastSeq: 1, atMicros: hold + 7_500_000)
        let complete = fixture.ledger.completeness(ofStage: 0)
        #expect(
            complete.missing == [
                .init(worker: nil, stage: 0, phase: .hold, seconds: hold / 1_000_000 + 6..<hold / 1_000_000 + 10)
            ]
        )
        #expect(complete.missingShare == 0.4)
    }

    @Test func theWholeRunIsNamedByStageAndPhase() {
        var fixture = LedgerFixture(agents: [100, 100])
        let hold = fixture.timeline(0).holdStart.micros / 1_000_000
        // Seconds 8 and 9 are the first hold's last, 10 and 11 the second stage's ramp and warm-up, 12 its hold's first.
        fixture.run(stage: 0, without: { $0 == "b" && $1 >= 8 })
        fixture.run(stage: 1, without: { $0 == "b" && $1 <= 0 })
        #expect(
            fixture.ledger.completeness.missing == [
                .init(worker: "b", stage: 0, phase: .hold, seconds: hold + 8..<hold + 10),
                .init(worker: "b", stage: 1, phase: .ramp, seconds: hold + 10..<hold + 12),
                .init(worker: "b", stage: 1, phase: .hold, seconds: hold + 12..<hold + 13),
            ]
        )
        #expect(fixture.ledger.completeness.expectedSeconds == 48)
        #expect(fixture.ledger.completeness(ofStage: 1).missingSeconds == 1)
    }

    @Test func anInterruptedRunOwesUntilItsWorkersStopped() {
        var fixture = LedgerFixture(agents: [100])
        let hold = fixture.timeline(0).holdStart.micros
        fixture.run(stage: 0, without: { $1 >= 6 })
        fixture.ledger.ending(atMicros: hold + 4_500_000)
        for worker in ["a", "b"] { fixture.ledger.books.stop(worker, lastSeq: 1, atMicros: hold + 6_200_000) }
        fixture.ledger.ended(atMicros: hold + 6_400_000)
        #expect(fixture.ledger.completeness.missing.isEmpty)
        #expect(fixture.ledger.completeness(ofStage: 0).expectedSeconds == 8)
        #expect(fixture.ledger.completeness.expectedSeconds == 16)
    }

    @Test func aWorkerThatStoppedWithoutItsLastWindowsOwesThem() {
        var fixture = LedgerFixture(agents: [100], workers: ["a"])
        let hold = fixture.timeline(0).holdStart.micros
        fixture.run(stage: 0, workers: ["a"], without: { $1 >= 6 })
        fixture.ledger.books.stop("a", lastSeq: 3, atMicros: hold + 8_200_000)
        #expect(fixture.ledger.workerCompleteness[0].missing.count == 2)
    }
}
