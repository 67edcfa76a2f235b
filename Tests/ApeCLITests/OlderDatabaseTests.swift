import ApeCore
import ApeReport
import ApeRun
import ArgumentParser
import Foundation
import Testing

@testable import ApeCLI
@testable import ApeStore

/// History, reports and comparisons of databases as each schema's version of APE left them.
@Suite struct OlderDatabaseTests {
    private static let latest = 4

    /// Runs `body` with a results directory whose database is of a schema: `Fixtures/schema-N.sql` of the store's tests.
    private func withResults<Value>(schema: Int, _ body: (String) async throws -> Value) async throws -> Value {
        let results = NSTemporaryDirectory() + "ape-older-\(UUID())"
        try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: results) }
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appending(path: "ApeStoreTests/Fixtures/schema-\(schema).sql")
        let database = try Database(path: RunStore.path(in: results))
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        try database.execute(sql: try String(contentsOf: file, encoding: .utf8))
        try database.close()
        return try await body(results)
    }

    /// The report of a directory's latest run, as `ape-test report` makes it.
    private func report(_ results: String) async throws -> JSONValue {
        let store = try RunStore.existing(in: results)
        let report = RunReport(try await store.archive(ofRun: store.runID(meantBy: RunStore.latest)))
        try store.close()
        return report.json
    }

    private func compare(_ base: String, in results: String, _ flags: [String] = []) async throws -> RunComparison {
        let words = [base, RunStore.latest, "--results", results] + flags
        return try await CompareCommand.parse(words).compared()
    }

    @Test func everySchemaIsTried() {
        #expect(StoreSchema.migrations.count == Self.latest)
    }

    @Test(arguments: 1...latest)
    func isListedReportedAndCompared(schema: Int) async throws {
        try await withResults(schema: schema) { results in
            let history = try await RunHistory.read(results: results)
            let run = try #require(history.runs.first?.summary)
            #expect(history.runs.count == 1 && run.scenarioName == "shop" && run.agents == 1)
            let state = schema < Self.latest ? "FAIL" : "PASS"
            #expect(history.text.string.contains(" UTC  \(state)"), "\(history.text.string)")

            let root = try await report(results)
            #expect(root["run"]?["id"]?.string == run.id)
            #expect(root["all_validation_results"]?.array?.count == KPIKey.allCases.count)
            let actions = root["counters"]?["whole_run"]?["actions{status=2xx}"]?.integer
            #expect(actions == (schema < Self.latest ? 7 : 33), "\(String(describing: actions))")
            #expect(root["completeness"]?["missing"]?.array?.isEmpty == true)

            // A report that was kept, and the run that it is of.
            let kept = results + "/kept.json"
            try root.text.write(toFile: kept, atomically: true, encoding: .utf8)
            let comparison = try await compare(kept, in: results)
            #expect(!comparison.rows.isEmpty && !comparison.rows.contains { [.better, .worse].contains($0.outcome) })
        }
    }

    /// What other definitions measured is not set beside today's unasked.
    @Test(arguments: 1..<latest)
    func isComparedWithTodaysWhereThatIsAskedFor(schema: Int) async throws {
        try await withResults(schema: Self.latest) { todays in
            let kept = todays + "/kept.json"
            try await report(todays).text.write(toFile: kept, atomically: true, encoding: .utf8)
            try await withResults(schema: schema) { results in
                let refusal = await #expect(throws: ApeError.self) { _ = try await compare(kept, in: results) }
                #expect(refusal?.code == .usage && refusal?.message.contains("--any-version") == true)
                let comparison = try await compare(kept, in: results, ["--any-version"])
                #expect(!comparison.rows.isEmpty)
                #expect(comparison.cautions.contains { $0.contains("unlike definitions") })
            }
        }
    }
}
