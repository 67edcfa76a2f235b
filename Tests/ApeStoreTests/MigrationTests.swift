import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Foundation
import Testing

@testable import ApeStore

/// Databases as each version's schema left them. A new migration comes with a file of the schema that it makes.
@Suite struct MigrationTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// Makes the database that `Fixtures/schema-N.sql` was dumped from.
    private func restore(schema: Int) throws {
        let file = Self.fixtures.appending(path: "schema-\(schema).sql")
        // A dump gives the tables by name and not by what refers to what.
        let database = try Database(path: fixture.path)
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        try database.execute(sql: try String(contentsOf: file, encoding: .utf8))
        try database.close()
    }

    @Test func everySchemaHasItsFile() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.fixtures.path)
        #expect(files.sorted() == StoreSchema.migrations.map { "schema-\($0.identifier).sql" })
    }

    /// What an older file becomes is what is made anew today.
    @Test(arguments: 1...4)
    func everySchemaBecomesTodays(schema: Int) async throws {
        try restore(schema: schema)
        let (older, new) = (try RunStore(path: fixture.path), try RunStore(path: fixture.path + ".new"))
        let sql = """
            SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
            """
        var columns: [[String]] = []
        for store in [older, new] {
            columns.append(try await store.read { try $0.values(String.self, sql: sql).sorted() })
        }
        #expect(columns[0] == columns[1] && columns[0].contains("server_samples.body TEXT"))
        #expect(try await older.history().count == 1)
    }

    @Test func aRunOfTheFirstSchemaIsRead() async throws {
        try restore(schema: 1)
        let store = try RunStore(path: fixture.path)
        let summary = try #require(try await store.history().first)
        #expect(summary.scenarioName == "shop")
        #expect(summary.agents == 1)
        #expect(summary.workers == 1)
        #expect(summary.status == "FAIL")
        #expect(summary.exitCode == 1)
        #expect(summary.report == nil)
        #expect(!summary.isDemo)
        #expect(summary.verdicts.isEmpty)

        let ledger = try #require(try await store.ledger(ofRun: summary.id))
        #expect(ledger.whole.actions == 7)
        #expect(ledger.hold[.ttft].count > 0)
        #expect(ledger.completeness.expectedSeconds == 4)
        #expect(ledger.completeness.missing.isEmpty)
        // Moves did not say to whom.
        #expect(ledger.books.reassignments.map(\.move.to) == [[:]])
    }

    /// What measured it is not known, and is not taken for this build.
    @Test func aRunOfTheSecondSchemaIsRead() async throws {
        try restore(schema: 2)
        let store = try RunStore(path: fixture.path)
        let summary = try #require(try await store.history().first)
        #expect(summary.report == "/var/report.json" && summary.verdicts.map(\.measured) == [0.25])
        #expect(try await store.run(summary.id)?.measuredBy == nil)
    }

    /// Nothing was asked of servers then, and what is shown from now on finds its table.
    @Test func aRunOfTheThirdSchemaIsRead() async throws {
        try restore(schema: 3)
        let store = try RunStore(path: fixture.path)
        let id = try #require(try await store.history().first).id
        #expect(try await store.run(id)?.measuredBy == MeasuringVersion(software: "0.3.0", definitions: 4))
        #expect(try await store.ledger(ofRun: id)?.servers.isEmpty == true)
        let sample = ServerFixture.sample("vllm", second: 3, ["queue": 4])
        _ = try await store.commit(CommitBatch(), servers: [sample], run: id)
        #expect(try await store.ledger(ofRun: id)?.servers.servers.map(\.name) == ["vllm"])
    }

    /// A file of today's is read as it is: a change of a row's coding must take the rows that there are.
    @Test func aRunOfTheFourthSchemaIsRead() async throws {
        try restore(schema: 4)
        let store = try RunStore(path: fixture.path)
        let summary = try #require(try await store.history().first)
        #expect(summary.status == "PASS" && summary.thresholds.map(\.text) == ["p95(target) < 500ms"])
        #expect(try await store.run(summary.id)?.measuredBy == MeasuringVersion(software: "0.1.0", definitions: 1))
        let ledger = try #require(try await store.ledger(ofRun: summary.id))
        #expect(ledger.whole.actions == 33)
        #expect(ledger.servers.servers.map(\.name) == ["model"])
        #expect(try await store.allWindows(ofRun: summary.id).count { $0.window.isLate } == 2)
    }

    @Test func aRunKeepsWhatMeasuredIt() async throws {
        let store = try RunStore(path: fixture.path)
        var run = StoreFixture.run()
        run.measuredBy = MeasuringVersion(software: "0.0.9", definitions: 7)
        try await store.createRun(run)
        #expect(try await store.run(run.id) == run)
    }

    @Test func aRunOfTheFirstSchemaGoesOn() async throws {
        try restore(schema: 1)
        var store = try RunStore(path: fixture.path)
        let id = try #require(try await store.history().first).id
        try await store.write { try $0.execute(sql: "UPDATE runs SET outcome = NULL, ended_us = NULL") }
        try store.close()
        // Opened again, nothing is migrated twice.
        store = try RunStore(path: fixture.path)
        let recovered = try await store.recovered(run: id)
        #expect(try await store.allWindows(ofRun: id).count == 5)
        let (worker, lastSeq) = try #require(recovered.lastSeqs.first)
        #expect(lastSeq == 5)
        var window = StoreFixture.window(seq: 6)
        window.run = id
        let batch = CommitBatch(windows: [StoredWindow(worker: worker, window: window, received: FleetTime(micros: 1))])
        #expect(try await store.commit(batch, run: id) == [true])
        let verdict = StoreFixture.verdict(.finished)
        try await store.finish(run: id, verdict: verdict, endedMicros: 5, report: "r")
        #expect(try await store.history().first?.report == "r")
    }
}
