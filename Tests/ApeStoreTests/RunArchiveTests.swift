import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
@testable import ApeStore
import Testing

/// Runs as they are gathered from a store for a report.
@Suite struct RunArchiveTests {
    private let fixture: StoreFixture
    private let store: RunStore

    init() throws {
        fixture = try StoreFixture()
        store = try RunStore(path: fixture.path)
    }

    private static let scenario: JSONValue = [
        "name": "one", "targets": ["shop": ["url": "http://127.0.0.1:9", "endpoints": ["GET /"]]],
        "goals": ["look": ["script": ["GET /"], "success": [["answer": "GET /", "status": 200]]]],
        "kpi_targets": ["mtba_threshold": 7],
    ]

    private func storeRun(_ id: String = "run-1", outcome: RunOutcome? = nil, strict: Bool = false) async throws {
        var run = StoreFixture.run(id)
        run.scenario = Self.scenario
        try await store.createRun(run)
        guard let outcome else { return }
        var verdict = StoreFixture.verdict(outcome)
        verdict.strict = strict
        let end = StoreFixture.start + 4_000_000
        try await store.finish(run: id, verdict: verdict, endedMicros: end, report: nil)
    }

    /// Two workers' windows, one of which came late and first the last.
    private func storeWindows() async throws {
        var batch = StoreFixture.batch(1...4)
        batch.facts = StoreFixture.facts
        _ = try await store.commit(batch, run: "run-1")
        for seq in [4, 3, 2, 1] as [Int64] {
            _ = try await store.commit(StoreFixture.batch(seq...seq, worker: "w2"), run: "run-1")
        }
    }

    @Test func windowsComeByTime() async throws {
        try await storeRun()
        try await storeWindows()
        var found: [StoredWindow] = []
        for try await window in store.windowsByTime(ofRun: "run-1") { found.append(window) }
        #expect(found.map(\.window.seq) == [1, 1, 2, 2, 3, 3, 4, 4])
        #expect(Set(found.map(\.worker)) == ["w1", "w2"])
    }

    @Test func windowsByTimeGoOnBeyondOnePage() async throws {
        try await storeRun()
        _ = try await store.commit(StoreFixture.batch(1...450), run: "run-1")
        var seqs: [Int64] = []
        for try await window in store.windowsByTime(ofRun: "run-1") { seqs.append(window.window.seq) }
        #expect(seqs == Array(1...450))
    }

    @Test func aRunIsJudgedAgainByItsOwnScenario() async throws {
        try await storeRun(outcome: .finished, strict: true)
        let archive = try await store.archive(ofRun: "run-1")
        #expect(archive.verdict.strict)
        #expect(archive.verdict.outcome == .finished)
        #expect(archive.verdict[.mtbaThreshold]?.target.value == 7)
        #expect(archive.verdict[.cognitiveLatencyTTFT]?.status == .notExercised)
        #expect(archive.endMicros == StoreFixture.start + 4_000_000)
    }

    @Test func aSpentBudgetIsKept() async throws {
        try await storeRun(outcome: .budgetSpent)
        let archive = try await store.archive(ofRun: "run-1")
        #expect(archive.verdict.outcome == .budgetSpent && archive.run.outcome?.name == "budget_spent")
    }

    @Test func aRunWithoutAnEndEndsWithItsLastWindow() async throws {
        try await storeRun()
        try await storeWindows()
        let archive = try await store.archive(ofRun: "run-1")
        #expect(archive.verdict.outcome == .interrupted)
        #expect(archive.endMicros == StoreFixture.start + 4_000_000)
        #expect(archive.ledger.stages[0].hold[.gap].count == 18)
    }

    @Test func aRunThatWasSuspendedIsSaidToBe() async throws {
        try await storeRun()
        try await storeWindows()
        let moment = FleetTime(micros: StoreFixture.start + 9_000_000)
        _ = try await store.commit(CommitBatch(facts: [FleetFact(at: moment, .suspended)]), run: "run-1")
        #expect(try await store.archive(ofRun: "run-1").verdict.outcome == .suspended)
    }

    @Test func timelinesAreMadeInOneReading() async throws {
        try await storeRun()
        try await storeWindows()
        let ledger = try await store.archive(ofRun: "run-1").ledger
        let builders = [TimelineBuilder(ledger), TimelineBuilder(ledger, pointSeconds: 3)]
        let timelines = try await TimelineBuilder.timelines(builders, of: store.windowsByTime(ofRun: "run-1"))
        #expect(timelines.map(\.count) == [4, 2])
        #expect(timelines[0].map(\.activeAgents) == [18, 18, 18, 18])
        #expect(timelines[1][1].gap.count == 18)
        #expect(try await TimelineBuilder.timelines([], of: store.windowsByTime(ofRun: "run-1")).isEmpty)
    }

    @Test func aRunIsFoundByWhatPeopleType() async throws {
        for id in ["aaaa-1", "aaaa-2", "bbbb-1"] { try await storeRun(id) }
        #expect(try await store.runID(meantBy: "latest") == "bbbb-1")
        #expect(try await store.runID(meantBy: "bbbb") == "bbbb-1")
        #expect(try await store.runID(meantBy: "aaaa-2") == "aaaa-2")
        for text in ["aaaa", "bb", "cccc", ""] {
            let error = await #expect(throws: ApeError.self) { _ = try await store.runID(meantBy: text) }
            #expect(error?.exitCode == .usage)
            #expect(error?.message.contains("ape-test history") == true)
        }
        let error = await #expect(throws: ApeError.self) { _ = try await store.archive(ofRun: "aaaa") }
        #expect(error?.message.contains("has no run aaaa") == true)
    }
}
