import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeWire
import Foundation
import Testing

@testable import ApeStore

@Suite struct RunStoreTests {
    private let fixture: StoreFixture
    private let store: RunStore

    init() throws {
        fixture = try StoreFixture()
        store = try RunStore(path: fixture.path)
    }

    private func lastSeqs(_ run: String) async throws -> [String: Int64] {
        try await store.recovered(run: run).lastSeqs
    }

    @Test func aRunIsRecoveredAsItWas() async throws {
        try await store.createRun(StoreFixture.run())
        var batch = StoreFixture.batch(1...3)
        batch.facts = StoreFixture.facts
        #expect(try await store.commit(batch, run: "run-1") == [true, true, true])
        let again = try RunStore(path: fixture.path)
        #expect(try await again.run("run-1") == StoreFixture.run())
        let recovered = try await again.recovered(run: "run-1")
        #expect(recovered.facts == StoreFixture.facts)
        #expect(recovered.lastSeqs == ["w1": 3])
        #expect(recovered.lastReceived == batch.windows.map(\.received).max())
        #expect(try await store.run("another") == nil)
    }

    @Test func aWindowCountsOnceHoweverOftenItComes() async throws {
        try await store.createRun(StoreFixture.run())
        #expect(try await store.commit(StoreFixture.batch(1...4), run: "run-1") == [true, true, true, true])
        #expect(try await store.commit(StoreFixture.batch(3...6), run: "run-1") == [false, false, true, true])
        // Another worker's numbers are its own, and so are another run's.
        #expect(try await store.commit(StoreFixture.batch(1...1, worker: "w2"), run: "run-1") == [true])
        try await store.createRun(StoreFixture.run("run-2"))
        #expect(try await store.commit(StoreFixture.batch(1...1, run: "run-2"), run: "run-2") == [true])
        #expect(try await store.commit(CommitBatch(), run: "run-1") == [])
        #expect(try await store.allWindows(ofRun: "run-1").count == 7)
        #expect(try await lastSeqs("run-1") == ["w1": 6, "w2": 1])
    }

    @Test func windowsComeBackAsTheyWere() async throws {
        try await store.createRun(StoreFixture.run())
        let batch = StoreFixture.batch(1...450)
        for first in stride(from: 0, to: 450, by: 150) {
            let part = CommitBatch(windows: Array(batch.windows[first..<first + 150]))
            _ = try await store.commit(part, run: "run-1")
        }
        #expect(try await store.allWindows(ofRun: "run-1") == batch.windows)
        #expect(try await store.allWindows(ofRun: "run-1").count > 2 * RunStore.pageSize)
    }

    @Test func theLedgerIsMadeAgain() async throws {
        try await store.createRun(StoreFixture.run())
        var batch = StoreFixture.batch(1...4)
        batch.facts = StoreFixture.facts
        _ = try await store.commit(batch, run: "run-1")

        var expected = RunLedger(plan: StoreFixture.plan)
        for fact in StoreFixture.facts { expected.add(fact) }
        for item in batch.windows { expected.add(item) }
        let ledger = try #require(await store.ledger(ofRun: "run-1"))
        #expect(ledger == expected)
        #expect(ledger.stages[0].hold[.gap].count == 9)

        let end = StoreFixture.start + 2_000_000
        let verdict = StoreFixture.verdict(.interrupted)
        try await store.finish(run: "run-1", verdict: verdict, endedMicros: end, report: nil)
        expected.ended(atMicros: end)
        #expect(try await store.ledger(ofRun: "run-1") == expected)
        #expect(try await store.ledger(ofRun: "another") == nil)
    }

    @Test func aFailedSessionComesBackAsAnExemplar() async throws {
        try await store.createRun(StoreFixture.run())
        let step = SessionTrace.Step(offsetMicros: 1, durationMicros: 2, what: "POST /api/checkout", status: 503)
        let session = SessionTrace(
            goal: "buy",
            startMicros: StoreFixture.start,
            durationMicros: 3,
            failedCheck: .init(name: "paid", reason: "the status is 503"),
            steps: [step],
            stepsLeftOut: 4
        )
        var batch = CommitBatch()
        for told in [session, nil] {
            let event = WorkerEvent(
                run: "run-1",
                level: .warning,
                code: "target_5xx",
                message: "m",
                agent: 7,
                traceID: "t",
                session: told
            )
            batch.facts.append(FleetFact(at: FleetTime(micros: StoreFixture.start), .event(worker: "w1", event)))
        }
        _ = try await store.commit(batch, run: "run-1")
        let ledger = try #require(await store.ledger(ofRun: "run-1"))
        let expected = ExemplarSession(
            reason: "target_5xx",
            message: "m",
            worker: "w1",
            agent: 7,
            traceID: "t",
            session: session
        )
        #expect(ledger.exemplars.shown == [expected] && ledger.events.count == 2)
    }

    @Test func factsSayWhenAWorkerOwesWindows() throws {
        var ledger = RunLedger(plan: StoreFixture.plan)
        for fact in StoreFixture.facts { ledger.add(fact) }
        let worker = try #require(ledger.workers["w1"])
        let books = try #require(ledger.workerCompleteness.first)
        #expect(
            books.presences == [
                WorkerPresence(
                    fromMicros: StoreFixture.start,
                    toMicros: StoreFixture.start + 2_000_000,
                    ending: .lost
                ),
                WorkerPresence(fromMicros: StoreFixture.start + 3_000_000),
            ]
        )
        #expect(worker.facts.host == "a")
        #expect(books.duplicateWindows == 2)
        #expect(ledger.stages[0].timeline?.holdStart.micros == StoreFixture.start + 1_000_000)
        #expect(ledger.events.map(\.code) == ["worker_joined", "worker_lost", "worker_returned"])
        #expect(ledger.events[1].message == "alpha was given up after 11.0 s of silence")
    }

    @Test func howARunEndedIsKept() async throws {
        for number in 1...3 { try await store.createRun(StoreFixture.run("run-\(number)")) }
        var verdict = StoreFixture.verdict(.finished)
        verdict.verdicts[0].status = .fail
        verdict.verdicts[0].measured = 1.25
        try await store.finish(run: "run-1", verdict: verdict, endedMicros: 9, report: "/tmp/report.json")
        // Whoever takes up a run that was being finished finishes it again.
        try await store.finish(run: "run-1", verdict: verdict, endedMicros: 9, report: "/tmp/report.json")
        let failed = StoreFixture.verdict(.fleetFailed(FleetFailure("Lost.")))
        try await store.finish(run: "run-2", verdict: failed, endedMicros: 10, report: nil)
        for worker in ["w1", "w2"] {
            _ = try await store.commit(StoreFixture.batch(1...2, worker: worker, run: "run-3"), run: "run-3")
        }
        let runs = try await store.history()
        #expect(runs.map(\.id) == ["run-3", "run-2", "run-1"])
        #expect(runs.map(\.outcome) == [nil, .fleetFailed(FleetFailure("Lost.")), .finished])
        #expect(runs.map(\.endedMicros) == [nil, 10, 9])
        #expect(runs.map(\.exitCode) == [nil, 4, 1])
        #expect(runs.map(\.report) == [nil, nil, "/tmp/report.json"])
        #expect(runs.map(\.workers) == [2, 0, 0])
        #expect(runs.map(\.agents) == [20, 20, 20])
        #expect(runs[2].verdicts.map(\.key) == KPIKey.allCases)
        #expect(runs[2].verdicts[0].measured == 1.25)
        #expect(runs[2].verdicts[0].status == "FAIL")
        #expect(try await store.run("run-1")?.outcome == .finished)
    }

    @Test func unknownAndTakenRunsAreRefused() async throws {
        try await store.createRun(StoreFixture.run())
        let taken = await #expect(throws: ApeError.self) { try await store.createRun(StoreFixture.run()) }
        #expect(taken?.code == .store)
        #expect(taken?.message.contains("--resume run-1") == true)
        let unknown = await #expect(throws: ApeError.self) {
            _ = try await store.commit(StoreFixture.batch(1...1), run: "run-9")
        }
        #expect(unknown?.message.contains("run-9") == true)
        await #expect(throws: ApeError.self) {
            try await store.finish(
                run: "run-9",
                verdict: StoreFixture.verdict(.finished),
                endedMicros: 0,
                report: nil
            )
        }
        await #expect(throws: ApeError.self) { _ = try await store.allWindows(ofRun: "run-9") }
        await #expect(throws: ApeError.self) { _ = try await store.recovered(run: "run-9") }
    }

    @Test func whatIsCommittedOutlivesTheProcess() async throws {
        // The files as a killed process leaves them: nothing was closed, and the log was not folded in.
        try await store.createRun(StoreFixture.run())
        _ = try await store.commit(StoreFixture.batch(1...50), run: "run-1")
        let copy = fixture.directory + "/copy.sqlite"
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: fixture.path + suffix, toPath: copy + suffix)
        }
        let again = try RunStore(path: copy)
        #expect(try await again.allWindows(ofRun: "run-1").count == 50)
    }

    @Test func writersAtOnceAllGetThrough() async throws {
        try await store.createRun(StoreFixture.run())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<20 {
                group.addTask {
                    _ = try await store.commit(StoreFixture.batch(1...10, worker: "w\(worker)"), run: "run-1")
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.allWindows(ofRun: "run-1").count == 200)
    }

    /// 1,000 agents on 4 workers: 250 agents each, one action and one decision a second with all their series, and as
    /// many events as workers may tell.
    @Test func halfAnHourOfAThousandAgentsIsBelowTwoHundredMegabytes() async throws {
        try await store.createRun(StoreFixture.run())
        let seconds = 30
        for second in 1...seconds {
            var batch = CommitBatch()
            for worker in ["w1", "w2", "w3", "w4"] {
                let window = StoreFixture.busyWindow(seq: Int64(second), worker: worker)
                batch.windows.append(StoredWindow(worker: worker, window: window, received: FleetTime(micros: 1)))
                for agent in 0..<10 { batch.facts.append(StoreFixture.event(worker: worker, agent: agent)) }
            }
            _ = try await store.commit(batch, run: "run-1")
        }
        let bytes = try await store.read { database in
            let pages = try database.value(Int.self, sql: "PRAGMA page_count") ?? 0
            return pages * (try database.value(Int.self, sql: "PRAGMA page_size") ?? 0)
        }
        #expect(bytes / seconds * 1_800 < 200_000_000, "\(bytes)")
        // The log beside it is folded in as it grows.
        let log = try FileManager.default.attributesOfItem(atPath: fixture.path + "-wal")[.size] as? Int
        #expect(log ?? .max < 20_000_000)
    }
}
