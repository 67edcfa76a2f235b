import ApeCore
import ApeMetrics
import ApeRun
import ApeWire
import CPowerCut
import Foundation
import Testing

@testable import ApeFleet
@testable import ApeStore

/// A store whose disk loses its power, at moments that a seed chooses. What a worker was told or given before is there.
@Suite(.serialized) struct PowerCutTests {
    /// What has been promised by a moment.
    private struct Promise {
        /// Steps of the disk that had been done.
        var position: Int32
        /// Commits that had returned.
        var commits: Int
    }

    /// What a commit holds.
    private struct Content: Equatable {
        var windows: [String: Int64] = [:]
        var leases = 0

        func last(_ worker: String) -> Int64 { windows[worker] ?? 0 }
    }

    /// Everything that was stored, and when that was told.
    private struct Recording {
        var batches: [CommitBatch] = []
        /// What the first n commits hold.
        var contents = [Content()]
        var promises: [Promise] = []
        /// When the run had been created.
        var created: Int32 = 0
    }

    private static let workers = ["w1", "w2", "w3"]
    private static let commits = 40

    /// Cuts of each seed: 1,000 in all where time is no matter, as they take a minute.
    private static let cuts = ProcessInfo.processInfo.environment["CI"] == nil ? 25 : 250

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func whatWasPromisedSurvivesAPowerCut(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let fixture = try StoreFixture()
        let recording = try await record(in: fixture, &random)
        let steps = power_cut_count()
        let places = (0..<Self.cuts).map { _ in Int32(random.next() % UInt64(steps + 1)) }.sorted()
        var disk = CutDisk()
        for place in places {
            disk.advance(to: place)
            let image = try StoreFixture()
            try disk.write(to: image.directory, &random)
            do {
                try await check(image, against: recording, at: place)
            } catch {
                Issue.record("seed \(seed), cut at step \(place) of \(steps): \(error)")
            }
        }
    }

    @Test func aCommitIsForcedToTheDisk() async throws {
        let fixture = try StoreFixture()
        let store = try RunStore(path: fixture.path)
        let (mode, level) = try await store.write { database in
            (
                try database.value(String.self, sql: "PRAGMA journal_mode"),
                try database.value(Int.self, sql: "PRAGMA synchronous")
            )
        }
        #expect(mode == "wal")
        #expect(level == 2)
        try store.close()
        withExtendedLifetime(fixture) {}
    }

    /// A run whose coordinator ends and starts again now and then.
    private func record(in fixture: StoreFixture, _ random: inout SeededRandom) async throws -> Recording {
        try #require(power_cut_record(fixture.directory) == 0)
        var recording = Recording()
        var store = try open(fixture.path)
        try await store.createRun(StoreFixture.run())
        recording.created = power_cut_count()
        for number in 1...Self.commits {
            var content = recording.contents[number - 1]
            var batch = batch(&content, &random)
            if number == 1 { batch.facts += Self.workers.map(joined) }
            _ = try await store.commit(batch, run: "run-1")
            recording.batches.append(batch)
            recording.contents.append(content)
            recording.promises.append(Promise(position: power_cut_count(), commits: number))
            guard random.unit() < 0.1 else { continue }
            try store.close()
            store = try open(fixture.path)
        }
        try store.close()
        return recording
    }

    private func joined(_ worker: String) -> FleetFact {
        let capacity = Capacity(cpus: 4, memoryBytes: 8 << 30)
        let kind = FleetFact.Kind.joined(worker: worker, name: worker, software: "1", peer: "h:1", capacity: capacity)
        return FleetFact(at: FleetTime(micros: StoreFixture.start), kind)
    }

    /// A store that folds its log into the file often.
    private func open(_ path: String) throws -> RunStore {
        let store = try RunStore(path: path)
        try store.writer.performNow { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 12") }
        return store
    }

    /// The next windows of some workers, some of them again, and at times a lease of rows.
    private func batch(_ content: inout Content, _ random: inout SeededRandom) -> CommitBatch {
        var batch = CommitBatch()
        for worker in Self.workers where random.unit() < 0.7 {
            let last = content.last(worker)
            let first = last > 0 && random.unit() < 0.2 ? last : last + 1
            batch.windows += StoreFixture.batch(first...(last + 1), worker: worker).windows
            content.windows[worker] = last + 1
        }
        if batch.windows.isEmpty || random.unit() < 0.3 {
            let first = content.leases * 10
            let rows = first..<(first + 10)
            let lease = RowLease(worker: "w1", set: "users", goal: "buy", request: Int64(first), rows: rows)
            batch.facts.append(FleetFact(at: FleetTime(micros: StoreFixture.start), .rowsLeased(lease)))
            content.leases += 1
        }
        return batch
    }

    /// Opens what is left as a coordinator does that takes up the run, and lets the workers send again what they were not
    /// told to be stored.
    private func check(_ image: StoreFixture, against recording: Recording, at place: Int32) async throws {
        let promised = recording.promises.last { $0.position <= place }?.commits ?? 0
        let store = try RunStore(path: image.path)
        guard try await store.run("run-1") == StoreFixture.run() else {
            try #require(place < recording.created, "the run is gone")
            return
        }
        let recovered = try await store.recovered(run: "run-1")
        let found = try await content(of: store, recovered)
        let whole = recording.contents.firstIndex(of: found)
        let commits = try #require(whole, "\(found) is no state that the run was ever in")
        #expect(commits >= promised, "\(promised) commits were promised at step \(place), there are \(commits)")
        #expect(recovered.lastSeqs == found.windows)
        for number in promised..<Self.commits {
            let (content, batch) = (recording.contents[number], recording.batches[number])
            let again = CommitBatch(windows: batch.windows, facts: number < commits ? [] : batch.facts)
            let isNew = batch.windows.map { $0.window.seq > max(found.last($0.worker), content.last($0.worker)) }
            #expect(try await store.commit(again, run: "run-1") == isNew)
        }
        let last = try #require(recording.contents.last)
        let ledger = try #require(try await store.ledger(ofRun: "run-1"))
        let counted = ledger.workerCompleteness.reduce(0) { $0 + $1.windows }
        #expect(counted == last.windows.values.reduce(0, +))
        try store.close()
    }

    /// What a store holds; it throws for a window that is there twice, or has lost one before it.
    private func content(of store: RunStore, _ recovered: RecoveredRun) async throws -> Content {
        var content = Content()
        for item in try await store.allWindows(ofRun: "run-1") {
            let next = (content.last(item.worker)) + 1
            try #require(item.window == StoreFixture.window(seq: next), "window \(next) of \(item.worker)")
            content.windows[item.worker] = next
        }
        for fact in recovered.facts {
            guard case .rowsLeased(let lease) = fact.kind else { continue }
            try #require(lease.rows.lowerBound == content.leases * 10)
            content.leases += 1
        }
        return content
    }
}
