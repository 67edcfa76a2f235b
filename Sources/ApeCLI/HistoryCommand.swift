import ApeCore
import ApeProgram
import ApeStore
import ArgumentParser
import Foundation

/// `ape-test history`: the runs of a results directory.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the runs of a results directory.",
        discussion: """
            The latest run comes first: when it began, how it ended, what it was, and where its report is. A run that \
            was cut off is told with the way to take it up.

            Examples:
              ape-test history
              ape-test history --results /var/lib/ape/results
              ape-test history --json | jq '.runs[] | select(.exit_code != 0) | .report'

            Exit codes: 0 the runs were listed, even if there are none; 2 there is no such directory, or its database
            cannot be read.
            """
    )

    @Option(help: ArgumentHelp("The directory where runs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    @Flag(help: "Print the list as JSON.")
    var json = false

    init() {}

    func run() async throws {
        let history = try await RunHistory.read(results: results)
        StandardOutput.print(json ? TerminalText(history.json.plain) : history.text)
    }
}

extension RunHistory {
    /// Reads what a results directory holds.
    ///
    /// - Throws: ``ApeError`` for a directory that is not there and a database that cannot be read; both name the path.
    static func read(results: String) async throws -> RunHistory {
        guard Files.isDirectory(results) else {
            throw ApeError(.usage, "There is no directory \(results): name the one where runs are kept with --results")
        }
        let path = RunStore.path(in: results)
        guard Files.exists(path) else { return RunHistory(results: results, runs: []) }
        let store = try RunStore(path: path)
        let runs = try await store.history()
        try store.close()
        return RunHistory(
            results: results,
            runs: runs.map { ($0, $0.outcome == nil && RunClaim.isHeld(run: $0.id, results: results)) }
        )
    }
}
