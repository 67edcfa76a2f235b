import ApeCore
import ApeProgram
import ApeReport
import ApeRun
import ApeStore
import ArgumentParser

/// `ape-test compare`: two runs side by side.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two runs, figure by figure.",
        discussion: """
            Each run is named by its identifier, the beginning of it, "latest", or the JSON file of its report. Means \
            are compared by Welch's test on batch means, shares by the test of two proportions, distributions by the \
            test of Kolmogorov and Smirnov. A report's file holds the distributions of gap and time to first token; \
            other series and routes of a file are shown beside each other untested. Runs that were measured by unlike \
            definitions are refused unless --any-version is given.

            Examples:
              ape-test compare 3f2a latest
              ape-test compare main.json latest --fail-on-regression 5%
              ape-test compare before.json after.json --json

            Exit codes: 0 compared; 1 with --fail-on-regression, a critical target got significantly worse by more than
            that; 2 a run cannot be found or read, or the two were measured by unlike definitions; 3 with --fail-on-regression, a critical target is inconclusive in one
            of the runs.
            """
    )

    @Argument(help: "What to compare with: a run or a report's file.")
    var base: String

    @Argument(help: "What is compared: a run or a report's file.")
    var runID: String

    @OptionGroup
    var regression: RegressionOptions

    @OptionGroup
    var versions: VersionOptions

    @Flag(help: "Leave out figures that did not change, but for the eight targets.")
    var changes = false

    @Flag(help: "Print the comparison as JSON.")
    var json = false

    @Option(help: ArgumentHelp("The directory where runs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    init() {}

    func run() async throws {
        let comparison = try await compared()
        let table = ComparisonTable(comparison, showsChangesOnly: changes).text
        StandardOutput.print(json ? TerminalText(comparison.json.plain) : TerminalText(document: table))
        let code = RunReport.Baseline(comparison, regressionLimit: regression.limit).exitCode
        if code != .passed { throw code.asError }
    }

    func compared() async throws -> RunComparison {
        let (base, run) = (try await comparable(base), try await comparable(runID))
        if !versions.anyVersion { try RunComparison.checkVersions(base.origin, run.origin) }
        return RunComparison(base: base, run: run)
    }

    private func comparable(_ name: String) async throws -> ComparableRun {
        if Files.exists(name) { return try ComparableRun(report: Files.report(name), path: name) }
        let store = try RunStore.existing(in: results)
        let run = ComparableRun(try await store.archive(ofRun: store.runID(meantBy: name)))
        try store.close()
        return run
    }
}
