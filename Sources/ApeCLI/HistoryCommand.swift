import ApeCore
import ApeProgram
import ApeReport
import ApeSite
import ApeStore
import ArgumentParser

/// `ape-test history`: the runs of a results directory.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the runs of a results directory.",
        discussion: """
            The latest run comes first: when it began, how it ended, what it was, and where its report is. A run that \
            was cut off is told with the way to take it up. With --trend each target of one scenario is drawn over its \
            runs, and told where it changed by more than chance; runs that were cut off are gaps. With --prune old runs are \
            deleted, and the database gives their room back; a run that goes on is never among them, and coordinators may \
            go on writing.

            Examples:
              ape-test history
              ape-test history --results /var/lib/ape/results
              ape-test history --trend --scenario shop --last 30 --html trend.html
              ape-test history --json | jq '.runs[] | select(.exit_code != 0) | .report'
              ape-test history --prune 20
              ape-test history --results /var/lib/ape/results --prune 30d --yes

            Exit codes: 0 the runs were listed or deleted, even if there are none; 2 there is no such directory or scenario,
            its database cannot be read, or nobody said yes.
            """
    )

    @Option(help: ArgumentHelp("The directory where runs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    @OptionGroup(title: "Trend")
    var trend: TrendOptions

    @OptionGroup(title: "Pruning")
    var pruneOptions: PruneOptions

    @Flag(help: "Print the list, the trend, or what was deleted as JSON.")
    var json = false

    init() {}

    func validate() throws {
        if trend.trend, pruneOptions.prune != nil { throw ValidationError("--trend and --prune exclude each other") }
    }

    func run() async throws {
        if trend.trend { return try await showTrend() }
        if let rule = try pruneOptions.rule() { return try await prune(by: rule) }
        let history = try await RunHistory.read(results: results)
        StandardOutput.print(json ? TerminalText(history.json.plain) : history.text)
    }

    private func showTrend() async throws {
        if let html = trend.html { try Files.check(html, flag: "--html") }
        let store = try RunStore.existing(in: results)
        let reading = TrendReading(store: store, results: results)
        let trend = try await reading.trend(of: trend.scenario, last: trend.last ?? TrendOptions.usualRuns) {
            StandardError.write("Read \($0) of \($1) runs …\n")
        }
        try store.close()
        if json {
            StandardOutput.print(TerminalText(trend.json.plain))
        } else {
            let text = TrendText(
                trend,
                width: Terminal.width(atMost: VerdictTable.defaultWidth),
                isColoured: Terminal.wantsColour
            ).text
            StandardOutput.print(TerminalText(document: text))
        }
        guard let html = self.trend.html else { return }
        try Files.write(text: TrendPage(trend).text, to: html, flag: "--html")
        if !json { StandardOutput.print("Trend: \(html)\n") }
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
