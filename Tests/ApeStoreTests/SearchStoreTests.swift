import ApeCore
import ApeRun
import Testing

@testable import ApeStore

/// A run that searches, in the store.
@Suite struct SearchStoreTests {
    @Test func aSearchComesBackAndTheListOfRunsHasItsAnswer() async throws {
        let fixture = try StoreFixture()
        let store = try RunStore(path: fixture.path)
        var search = CapacitySearch()
        (search.from, search.to, search.precision) = (20, 300, 0.025)
        var run = StoreFixture.run()
        run.plan = Plan(search)
        try await store.createRun(run)
        #expect(try await store.run("run-1") == run)
        #expect(try await store.history().first?.capacity == nil)
        let verdict = RunVerdict(judging: RunLedger(plan: run.plan), rules: JudgingRules(), outcome: .interrupted)
        try await store.finish(run: "run-1", verdict: verdict, endedMicros: StoreFixture.start + 9, report: nil)
        let capacity = try #require(try await store.history().first?.capacity)
        #expect(capacity["words"] == "capacity unknown" && capacity["value"] == .null && capacity["of"] == "agents")
        try await store.createRun(StoreFixture.run("run-2"))
        let other = StoreFixture.verdict(.finished)
        try await store.finish(run: "run-2", verdict: other, endedMicros: StoreFixture.start + 9, report: nil)
        #expect(try await store.history().first?.capacity == nil)
    }
}
