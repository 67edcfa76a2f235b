import ApeCore
import ApeRun
import ApeStore
import ArgumentParser
import Foundation
import Testing

@testable import ApeCLI

/// `ape-test history` on real databases, whole and broken.
@Suite struct HistoryCommandTests {
    /// A results directory that is gone after the test.
    private final class Results: Sendable {
        let path = NSTemporaryDirectory() + "ape-history-\(UUID())"
        var database: String { RunStore.path(in: path) }

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private let results: Results
    private static let start: Int64 = 1_700_000_000_000_000
    private static let plan = Plan(stages: [
        Stage(name: "one", agents: 40, rampMicros: 0, warmupMicros: 0, holdMicros: 1_000_000)
    ])

    init() throws {
        results = try Results()
    }

    private func history() async throws -> RunHistory {
        try await RunHistory.read(results: results.path)
    }

    private func failure() async -> ApeError? {
        let error = await #expect(throws: ApeError.self) { _ = try await history() }
        #expect(error?.exitCode == .usage)
        return error
    }

    /// Stores runs, each with how it ended; nil for one that did not.
    private func store(_ outcomes: [RunOutcome?], isDemo: Bool = false) async throws {
        let store = try RunStore(path: results.database)
        for (number, outcome) in outcomes.enumerated() {
            let run = StoredRun(
                id: "run-\(number)",
                scenarioName: "shop",
                scenario: ["name": "shop"],
                plan: Self.plan,
                seed: 1,
                createdMicros: Self.start + Int64(number) * 3_600_000_000,
                isDemo: isDemo
            )
            try await store.createRun(run)
            guard let outcome else { continue }
            let verdict = RunVerdict(judging: RunLedger(plan: Self.plan), rules: JudgingRules(), outcome: outcome)
            let report: String? = outcome == .finished ? "/var/report.json" : nil
            let ended = run.createdMicros + 754_900_000
            try await store.finish(run: run.id, verdict: verdict, endedMicros: ended, report: report)
        }
        try store.close()
    }

    @Test func runsAreToldTheLatestFirst() async throws {
        try await store([.finished, .fleetFailed(FleetFailure("All were lost.")), .interrupted, nil])
        let text = try await history().text.string
        #expect(
            text == """
                2023-11-15 01:13:20 UTC  unfinished: shop, 40 agents, 0 workers
                  run run-3
                  cut off; take it up with: ape-coordinator run --resume run-3 --results \(results.path), and the scenario, \
                plan and listening address that it was started with

                2023-11-15 00:13:20 UTC  INTERRUPTED (exit code 130): shop, 40 agents, 0 workers, 13m
                  run run-2

                2023-11-14 23:13:20 UTC  FLEET FAILED (exit code 4): shop, 40 agents, 0 workers, 13m
                  run run-1
                  All were lost.

                2023-11-14 22:13:20 UTC  INCONCLUSIVE (exit code 3): shop, 40 agents, 0 workers, 13m
                  run run-0
                  report /var/report.json

                """
        )
    }

    @Test func aSpentBudgetIsTold() async throws {
        try await store([.budgetSpent])
        #expect(
            try await history().text.string.hasPrefix(
                "2023-11-14 22:13:20 UTC  BUDGET SPENT, INCONCLUSIVE (exit code 3): shop"
            )
        )
        #expect(try await history().json["runs"]?[0]?["outcome"]?.string == "budget_spent")
    }

    @Test func programsGetTheSame() async throws {
        try await store([.finished, nil])
        let runs = try #require(try await history().json["runs"]?.array)
        #expect(runs.map { $0["outcome"]?.string } == ["unfinished", "finished"])
        #expect(runs.map { $0["exit_code"] } == [.null, 3])
        #expect(runs[1]["report"]?.string == "/var/report.json")
        #expect(runs[1]["end_time"]?.string == "2023-11-14T22:25:54.900Z")
        #expect(runs[1]["agents"]?.integer == 40)
        #expect(runs[1]["targets"]?.array?.count == 8)
        #expect(runs[1]["targets"]?[0]?["status"]?.string == "INCONCLUSIVE")
    }

    @Test func aRunThatGoesOnIsNoneToTakeUp() async throws {
        try await store([nil])
        let claim = try RunClaim(run: "run-0", results: results.path)
        let text = try await history().text.string
        withExtendedLifetime(claim) {}
        #expect(text == "2023-11-14 22:13:20 UTC  running: shop, 40 agents, 0 workers\n  run run-0\n")
    }

    @Test func theDemoCannotBeTakenUp() async throws {
        try await store([nil], isDemo: true)
        let text = try await history().text.string
        #expect(text.contains("the embedded demo"))
        #expect(!text.contains("--resume"))
    }

    @Test func noRunsAreNoError() async throws {
        #expect(try await history().text.string == "\(results.path) has no runs yet: ape-test validate makes one.\n")
        #expect(try await history().json == ["runs": []])
        // Looking made nothing.
        #expect(try FileManager.default.contentsOfDirectory(atPath: results.path).isEmpty)
    }

    @Test func flagsThatPruneAreReadOrRefused() throws {
        #expect(try HistoryCommand.parse(["--prune", "20"]).pruneOptions.rule() == Retention(runs: 20))
        #expect(try HistoryCommand.parse(["--prune", "30d", "--yes"]).pruneOptions.yes)
        #expect(try HistoryCommand.parse([]).pruneOptions.rule() == nil)
        let wrong: [([String], String)] = [
            (["--prune", "0"], "--prune 0 is neither a number of runs to keep, such as 20, nor an age, such"),
            (["--prune", "2\u{1B}[31md"], "is neither a number"), (["--yes"], "--yes needs --prune"),
            (["--trend", "--prune", "2"], "--trend and --prune exclude each other"),
        ]
        for (words, message) in wrong {
            let error = #expect(throws: (any Error).self) { try HistoryCommand.parse(words) }
            let told = error.map { HistoryCommand.message(for: $0) } ?? ""
            #expect(told.contains(message) && !told.contains("\u{1B}"), "\(told)")
        }
    }

    @Test func whatWasDeletedIsTold() async throws {
        try await store([.finished, .finished, nil])
        let pruning = try RunPruning(results: results.path)
        let runs = try await pruning.outdated(by: Retention(runs: 1), nowMicros: Self.start)
        let outcome = try await pruning.prune(runs)
        let none = try await pruning.prune([])
        try pruning.close()
        let text = outcome.text(results: "r").string
        #expect(text.hasPrefix("2 runs deleted, with 0 files of reports.\nThe database has "))
        #expect(outcome.json["deleted_runs"] == ["run-0", "run-1"])
        #expect(outcome.json["database_shrunk"] == true)
        #expect(try await history().runs.map(\.summary.id) == ["run-2"])
        #expect(none.text(results: "r").string == "No run of r was deleted: none is older.\n")
        var held = outcome
        held.hasShrunk = false
        #expect(held.text(results: "r").string.contains("while none goes on"))
    }

    @Test func nobodyWhoCanBeAskedDeletesNothing() async throws {
        try await store([.finished, .finished])
        var command = try HistoryCommand.parse(["--results", results.path, "--prune", "1"])
        if isatty(STDIN_FILENO) == 0 {
            let error = await #expect(throws: ApeError.self) { try await command.run() }
            #expect(error?.message == "--prune would delete 1 run, and nobody can be asked whether to: add --yes")
            #expect(error?.exitCode == .usage)
        }
        #expect(try await history().runs.count == 2)
        command = try HistoryCommand.parse(["--results", "/nowhere/at/all", "--prune", "1", "--yes"])
        let error = await #expect(throws: ApeError.self) { try await command.run() }
        #expect(error?.message.hasPrefix("/nowhere/at/all has no runs: name the directory") == true)
    }

    @Test func aMissingDirectoryIsNamed() async throws {
        for path in ["/nowhere/at/all", "/etc/passwd"] {
            let error = await #expect(throws: ApeError.self) { _ = try await RunHistory.read(results: path) }
            #expect(error?.message == "There is no directory \(path): name the one where runs are kept with --results")
            #expect(error?.exitCode == .usage)
        }
    }

    @Test func brokenDatabasesAreNamed() async throws {
        try Data(String(repeating: "no database ", count: 500).utf8).write(to: URL(filePath: results.database))
        #expect(await failure()?.message.contains("is damaged or no database") == true)
        try FileManager.default.removeItem(atPath: results.database)

        // The middle of a real one is gone.
        try await store([.finished])
        var bytes = try Data(contentsOf: URL(filePath: results.database))
        bytes.replaceSubrange(4096..<bytes.count, with: Data(count: bytes.count - 4096))
        try bytes.write(to: URL(filePath: results.database))
        #expect(await failure()?.message.contains(results.database) == true)
    }
}
