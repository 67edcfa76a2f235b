import ApeCore
import ApeMetrics
import Testing

@Suite struct CompletenessTests {
    @Test func missingSecondsAreNamed() {
        var fixture = LedgerFixture(agents: [100])
        fixture.run(stage: 0, without: { $0 == "b" && [2, 3, 7].contains($1) })
        let hold = fixture.timeline(0).holdStartMicros / 1_000_000
        let complete = fixture.ledger.completeness(ofStage: 0)
        #expect(complete.expectedSeconds == 20)
        #expect(complete.receivedSeconds == 17)
        #expect(
            complete.missing == [
                .init(worker: "b", stage: 0, seconds: hold + 2..<hold + 4),
                .init(worker: "b", stage: 0, seconds: hold + 7..<hold + 8),
            ]
        )
        #expect(!complete.isSufficient)
        #expect(fixture.ledger.completeness(ofWorker: "a").missingSeconds == 0)
        #expect(fixture.ledger.completeness(ofWorker: "b").missingSeconds == 3)
        // Late is not missing.
        for second in [2, 3, 7] {
            fixture.ledger.add(worker: "b", window: fixture.window(stage: 0, second: second))
        }
        #expect(fixture.ledger.completeness.missing.isEmpty)
    }

    @Test func aWorkerOwesOnlyWhileItIsThere() {
        var fixture = LedgerFixture(agents: [100], workers: ["a"])
        let hold = fixture.timeline(0).holdStartMicros
        fixture.ledger.workerJoined(WorkerFacts(id: "late", name: "late"), fromMicros: hold + 4_500_000)
        fixture.ledger.workerGone("late", ending: .lost, atMicros: hold + 8_200_000)
        fixture.run(stage: 0, workers: ["a"])
        // Seconds 5, 6 and 7 are wholly inside its stay.
        #expect(fixture.ledger.completeness(ofWorker: "late").expectedSeconds == 3)
        #expect(fixture.ledger.completeness(ofStage: 0).missingSeconds == 3)
        fixture.ledger.workerJoined(WorkerFacts(id: "late", name: "late"), fromMicros: hold + 9_000_000)
        #expect(fixture.ledger.completeness(ofWorker: "late").expectedSeconds == 4)
        #expect(fixture.ledger.workers["late"]?.presences.count == 2)
    }

    @Test func aFleetWithoutWorkersOwesEverySecond() {
        var fixture = LedgerFixture(agents: [100], workers: ["a"])
        let hold = fixture.timeline(0).holdStartMicros
        fixture.run(stage: 0, workers: ["a"], without: { $1 >= 6 })
        fixture.ledger.workerGone("a", ending: .left, atMicros: hold + 6_000_000)
        let complete = fixture.ledger.completeness(ofStage: 0)
        #expect(
            complete.missing == [.init(worker: nil, stage: 0, seconds: hold / 1_000_000 + 6..<hold / 1_000_000 + 10)]
        )
        #expect(complete.missingShare == 0.4)
    }
}
