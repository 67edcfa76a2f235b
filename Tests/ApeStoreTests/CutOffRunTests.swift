import ApeCore
import ApeFleet
import ApeRun
import Testing

@testable import ApeStore

@Suite struct CutOffRunTests {
    private let fixture: StoreFixture
    private let store: RunStore

    init() throws {
        fixture = try StoreFixture()
        store = try RunStore(path: fixture.path)
    }

    @Test func thereIsNoneInAnEmptyStore() async throws {
        #expect(try await store.cutOffRun() == nil)
    }

    @Test func itIsTheLatestRunAndAsFreshAsItsLastWindow() async throws {
        try await store.createRun(StoreFixture.run("run-1"))
        try await store.createRun(StoreFixture.run("run-2"))
        let empty = try #require(try await store.cutOffRun())
        #expect(empty.run == StoreFixture.run("run-2"))
        #expect(empty.latestMicros == StoreFixture.start)
        let batch = StoreFixture.batch(1...3, run: "run-2")
        _ = try await store.commit(batch, run: "run-2")
        #expect(try await store.cutOffRun()?.latestMicros == batch.windows.map(\.received.micros).max())
    }

    @Test func aRunThatEndedIsNotTakenUpNorIsOneBeforeIt() async throws {
        try await store.createRun(StoreFixture.run("run-1"))
        try await store.createRun(StoreFixture.run("run-2"))
        let verdict = StoreFixture.verdict(.finished)
        try await store.finish(run: "run-2", verdict: verdict, endedMicros: StoreFixture.start + 1, report: nil)
        #expect(try await store.cutOffRun() == nil)
    }

    @Test func aRunThatWasSuspendedLastIsKnownAsSuch() async throws {
        try await store.createRun(StoreFixture.run("run-1"))
        let moment = FleetTime(micros: StoreFixture.start + 9_000_000)
        _ = try await store.commit(CommitBatch(facts: [FleetFact(at: moment, .suspended)]), run: "run-1")
        #expect(try await store.cutOffRun()?.isSuspended == true)
        // Taken up and killed, it is cut off like any other.
        _ = try await store.commit(CommitBatch(facts: [FleetFact(at: moment, .resumed(outage: .zero))]), run: "run-1")
        #expect(try await store.cutOffRun()?.isSuspended == false)
    }

    @Test func aSuspendedRunIsGoneOnWithForAnHour() {
        let run = StoreFixture.run()
        let cutOff = CutOffRun(run: run, latestMicros: 1_000_000, isSuspended: true)
        #expect(cutOff.isContinued(by: run.scenario, run.plan, at: 3_601_000_000))
        #expect(!cutOff.isContinued(by: run.scenario, run.plan, at: 3_601_000_001))
    }

    @Test func onlyTheSameIsGoneOnWithAndOnlyForTenMinutes() {
        let run = StoreFixture.run()
        let cutOff = CutOffRun(run: run, latestMicros: 1_000_000)
        #expect(cutOff.isContinued(by: run.scenario, run.plan, at: 601_000_000))
        #expect(!cutOff.isContinued(by: run.scenario, run.plan, at: 601_000_001))
        #expect(!cutOff.isContinued(by: ["name": "other"], run.plan, at: 2_000_000))
        #expect(!cutOff.isContinued(by: run.scenario, Plan(stages: [run.plan.stages[0]]), at: 2_000_000))
    }
}
