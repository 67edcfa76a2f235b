import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Foundation
import Testing

@testable import ApeStore

@Suite struct RunPruningTests {
    private static let hour: Int64 = 3_600_000_000
    private static let now = StoreFixture.start + 100 * hour
    private let fixture: StoreFixture
    private var path: String { RunStore.path(in: fixture.directory) }

    init() throws {
        fixture = try StoreFixture()
    }

    /// A name as a run's really is.
    private static func id(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }

    /// A run an hour, each ended half an hour later, with windows and facts; `open` ones have no outcome.
    private func store(_ numbers: Range<Int>, open: Set<Int> = [], windows: Int64 = 3) async throws {
        let store = try RunStore(path: path)
        for number in numbers {
            var run = StoreFixture.run(Self.id(number))
            run.createdMicros = StoreFixture.start + Int64(number) * Self.hour
            try await store.createRun(run)
            for worker in ["a", "b"] {
                var batch = CommitBatch()
                for seq in 1...windows {
                    let window = StoreFixture.busyWindow(seq: seq, worker: worker)
                    batch.windows.append(
                        StoredWindow(worker: worker, window: window, received: FleetTime(micros: run.createdMicros))
                    )
                }
                batch.facts = StoreFixture.facts
                _ = try await store.commit(batch, run: run.id)
            }
            guard !open.contains(number) else { continue }
            let report = "\(fixture.directory)/report-\(run.id).json"
            try Data().write(to: URL(filePath: report))
            try await store.finish(
                run: run.id,
                verdict: StoreFixture.verdict(.finished),
                endedMicros: run.createdMicros + Self.hour / 2,
                report: report
            )
        }
        try store.close()
    }

    private func outdated(_ retention: Retention, now: Int64 = now) async throws -> [String] {
        let pruning = try RunPruning(results: fixture.directory)
        let runs = try await pruning.outdated(by: retention, nowMicros: now)
        try pruning.close()
        return runs.map(\.id)
    }

    private func prune(_ retention: Retention) async throws -> RunPruning.Outcome {
        let pruning = try RunPruning(results: fixture.directory)
        let runs = try await pruning.outdated(by: retention, nowMicros: Self.now)
        let outcome = try await pruning.prune(runs)
        try pruning.close()
        return outcome
    }

    private func count(_ table: String) async throws -> Int {
        let store = try RunStore(path: path)
        let count = try await store.read { try $0.value(Int.self, sql: "SELECT COUNT(*) FROM \(table)") ?? -1 }
        try store.close()
        return count
    }

    @Test func theOldestGoByNumberAndByAge() async throws {
        try await store(0..<6)
        #expect(try await outdated(Retention(runs: 4)) == [Self.id(0), Self.id(1)])
        #expect(try await outdated(Retention(runs: 6)) == [])
        // The third ended 97.5 hours ago.
        #expect(try await outdated(Retention(ageMicros: 98 * Self.hour)) == [Self.id(0), Self.id(1)])
        #expect(try await outdated(Retention(runs: 5, ageMicros: 98 * Self.hour)) == [Self.id(0), Self.id(1)])
        #expect(try await outdated(Retention(ageMicros: Self.hour)) == (0..<6).map(Self.id))
        #expect(try await outdated(Retention()) == [])
    }

    @Test func aRunThatGoesOnOrMayBeTakenUpStays() async throws {
        try await store(0..<3, open: [0, 1, 2])
        let claim = try RunClaim(run: Self.id(0), results: fixture.directory)
        #expect(try await outdated(Retention(ageMicros: Self.hour)) == [Self.id(1), Self.id(2)])
        // Ten minutes after its last window the latest may still be resumed.
        let last = StoreFixture.start + 2 * Self.hour
        let retention = Retention(ageMicros: 1_000_000)
        #expect(try await outdated(retention, now: last + 600_000_000) == [Self.id(1)])
        #expect(try await outdated(retention, now: last + 600_000_001) == [Self.id(1), Self.id(2)])
        // One that is taken up between the question and the deed stays.
        let pruning = try RunPruning(results: fixture.directory)
        let runs = try await pruning.outdated(by: retention, nowMicros: Self.now)
        let other = try RunClaim(run: Self.id(1), results: fixture.directory)
        let outcome = try await pruning.prune(runs)
        withExtendedLifetime((claim, other)) {}
        #expect(outcome.runs.map(\.id) == [Self.id(2)])
        try pruning.close()
    }

    @Test func allOfARunGoesAndNothingOfAnother() async throws {
        try await store(0..<4, windows: 110)
        try Data().write(to: URL(filePath: "\(fixture.directory)/report-\(Self.id(0)).html"))
        let before = try #require(RunStore.bytes(in: fixture.directory))
        let outcome = try await prune(Retention(runs: 1))
        #expect(outcome.runs.map(\.id) == [Self.id(0), Self.id(1), Self.id(2)])
        #expect(outcome.hasShrunk)
        #expect(outcome.bytesBefore >= before && outcome.bytesAfter >= RunStore.bytes(in: fixture.directory) ?? .max)
        // What is left is a quarter, and the pages that hold the tables.
        #expect(outcome.bytesAfter < before / 3, "\(outcome)")
        #expect(try await count("runs") == 1)
        #expect(try await count("workers") == 2)
        #expect(try await count("windows") == 220)
        #expect(try await count("facts") == 2 * StoreFixture.facts.count)
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: fixture.directory))
        #expect(outcome.reports.count == 4)
        #expect(names.contains("report-\(Self.id(3)).json"))
        #expect(!names.contains { $0.contains(Self.id(0)) || $0.contains(Self.id(2)) })
        let store = try RunStore(path: path)
        #expect(try await store.allWindows(ofRun: Self.id(3)).count == 220)
        try store.close()
    }

    /// One report of all runs is not named by any of them.
    @Test func aReportOfAnyRunStays() async throws {
        try await store(0..<2)
        let report = "\(fixture.directory)/report.json"
        try Data().write(to: URL(filePath: report))
        let store = try RunStore(path: path)
        let verdict = StoreFixture.verdict(.finished)
        for number in 0..<2 {
            try await store.finish(run: Self.id(number), verdict: verdict, endedMicros: Self.now, report: report)
        }
        try store.close()
        let outcome = try await prune(Retention(runs: 1))
        #expect(outcome.reports == ["\(fixture.directory)/report-\(Self.id(0)).json"])
        #expect(FileManager.default.fileExists(atPath: report))
    }

    /// A coordinator commits between the steps, and reads while they go on.
    @Test func anotherWritesMeanwhile() async throws {
        try await store(0..<3, windows: 110)
        let writer = try RunStore(path: path)
        var run = StoreFixture.run(Self.id(9))
        run.createdMicros = Self.now
        try await writer.createRun(run)
        let claim = try RunClaim(run: run.id, results: fixture.directory)
        async let pruned = prune(Retention(runs: 1))
        for seq: Int64 in 1...40 {
            let fresh = try await writer.commit(StoreFixture.batch(seq...seq, run: run.id), run: run.id)
            #expect(fresh == [true])
        }
        let outcome = try await pruned
        withExtendedLifetime(claim) {}
        #expect(outcome.runs.count == 3)
        #expect(try await writer.allWindows(ofRun: run.id).count == 40)
        try writer.close()
        #expect(try await count("windows") == 40)
    }

    /// A file of before is made anew once nobody else has it; until then later runs use its room.
    @Test func aFileOfBeforeShrinksOnceNobodyWrites() async throws {
        let database = try Database(path: path)
        try database.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
        try database.close()
        try await store(0..<3, open: [2], windows: 60)
        var claim: RunClaim? = try RunClaim(run: Self.id(2), results: fixture.directory)
        let first = try await prune(Retention(runs: 2))
        withExtendedLifetime(claim) {}
        #expect(first.runs.count == 1 && !first.hasShrunk)
        #expect(first.bytesAfter >= first.bytesBefore)
        claim = nil
        let second = try await prune(Retention(ageMicros: 98 * Self.hour + Self.hour / 4))
        #expect(second.runs.map(\.id) == [Self.id(1)])
        #expect(second.hasShrunk && second.bytesAfter < second.bytesBefore / 2)
    }
}
