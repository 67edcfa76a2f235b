import ApeCore
import ApeRun
import ApeSite
import ApeStore
import ArgumentParser
import Foundation
import Testing

@testable import ApeCLI

/// `ape-test history --trend` on a real database.
@Suite struct TrendCommandTests {
    private static let plan = Plan(stages: [
        Stage(name: "one", agents: 40, rampMicros: 0, warmupMicros: 0, holdMicros: 1_000_000)
    ])
    private static let document: JSONValue = [
        "name": "shop", "targets": ["shop": ["url": "http://127.0.0.1:1"]],
        "goals": ["buy": ["script": ["GET /a"], "success": [["answer": "GET /a", "status": 200]]]],
    ]

    /// Stores runs, each with its scenario's name and how it ended, and reads a trend.
    private func trend(
        _ runs: [(scenario: String, outcome: RunOutcome?)],
        of scenario: String?,
        last: Int = 50
    ) async throws -> RunTrend {
        let results = NSTemporaryDirectory() + "ape-trend-\(UUID())"
        try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: results) }
        let store = try RunStore(path: RunStore.path(in: results))
        for (number, run) in runs.enumerated() {
            let stored = StoredRun(
                id: "run-\(number)",
                scenarioName: run.scenario,
                scenario: run.scenario == "damaged" ? ["name": 5] : Self.document,
                plan: Self.plan,
                seed: 1,
                createdMicros: 1_700_000_000_000_000 + Int64(number)
            )
            try await store.createRun(stored)
            guard let outcome = run.outcome else { continue }
            let verdict = RunVerdict(judging: RunLedger(plan: Self.plan), rules: JudgingRules(), outcome: outcome)
            try await store.finish(run: stored.id, verdict: verdict, endedMicros: stored.createdMicros + 5, report: nil)
        }
        let reading = TrendReading(store: store, results: results)
        let trend = try await reading.trend(of: scenario, last: last) { _, _ in }
        try store.close()
        return trend
    }

    @Test func whatDidNotComeToItsEndIsAGap() async throws {
        let trend = try await trend(
            [
                ("shop", .finished), ("shop", nil), ("other", .finished), ("shop", .interrupted),
                ("shop", .fleetFailed(FleetFailure("All were lost."))), ("shop", .budgetSpent),
            ],
            of: "shop"
        )
        #expect(trend.runs.map(\.id) == ["run-0", "run-1", "run-3", "run-4", "run-5"])
        #expect(
            trend.runs.map(\.gap) == [nil, "it was cut off", "it was interrupted", "the fleet could not go on", nil]
        )
        #expect(
            trend.runs.map(\.state) == ["INCONCLUSIVE", "unfinished", "INCONCLUSIVE", "INCONCLUSIVE", "INCONCLUSIVE"]
        )
        // Nothing was measured: no figure has a value, and none is 0.
        #expect(trend.lines.isEmpty)
    }

    @Test func theLatestRunsScenarioIsMeant() async throws {
        let trend = try await trend([("shop", .finished), ("other", .finished)], of: nil)
        #expect(trend.scenarioName == "other" && trend.runs.count == 1)
    }

    @Test func onlyTheLatestAreRead() async throws {
        let trend = try await trend(Array(repeating: ("shop", .finished), count: 7), of: "shop", last: 3)
        #expect(trend.runs.map(\.id) == ["run-4", "run-5", "run-6"])
    }

    @Test func aRunThatCannotBeReadTakesNothingFromTheOthers() async throws {
        let trend = try await trend([("damaged", .finished), ("damaged", .finished)], of: "damaged")
        #expect(trend.runs.count == 2 && trend.runs.allSatisfy { $0.gap?.hasPrefix("it cannot be read: ") == true })
    }

    @Test(arguments: [([("shop", RunOutcome.finished)], "it has runs of shop"), ([], "has no runs yet")])
    func whatIsNotThereIsTold(runs: [(String, RunOutcome?)], words: String) async {
        let error = await #expect(throws: ApeError.self) { _ = try await trend(runs, of: "nope") }
        #expect(error?.exitCode == .usage && error?.message.contains(words) == true)
    }

    @Test(arguments: [
        ["--scenario", "x"], ["--html", "x"], ["--last", "5"], ["--trend", "--last", "1"],
        ["--trend", "--last", "2001"],
    ])
    func flagsThatMakeNoSenseAreRefused(words: [String]) {
        #expect(throws: (any Error).self) { _ = try HistoryCommand.parse(words) }
    }
}
