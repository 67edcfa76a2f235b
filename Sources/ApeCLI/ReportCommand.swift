import ApeRun
import ApeCore
import ApeProgram
import ApeReport
import ApeStore
import ArgumentParser

/// `ape-test report`: a stored run's report, in any format, at any time.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a stored run's report again, in any format.",
        discussion: """
            The report is made from what the run's database holds and judged again by the scenario that the run had. \
            Without a format the verdicts are printed. A run that goes on, or was cut off, is told up to its last \
            second.

            Examples:
              ape-test report latest
              ape-test report latest --html report.html --csv tables
              ape-test report 3f2a --junit junit.xml --results /var/lib/ape/results

            Exit codes: 0 the report was written, whatever its verdict; 2 there is no such run, or a file cannot be
            written.
            """
    )

    @Argument(help: "The run's identifier, the beginning of it, or \"latest\".")
    var runID: String

    @Option(.json)
    var json: String?

    @OptionGroup
    var formats: ReportFormat.Options

    @Option(help: ArgumentHelp("The directory where runs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    init() {}

    func run() async throws {
        let output = json.map { [ReportOutput(.json, path: $0)] } ?? []
        let store = try RunStore.existing(in: results)
        let id = try await store.runID(meantBy: runID)
        let outputs = ReportOutputs(output + formats.outputs, ofRun: id)
        try outputs.check(Files())
        if StandardError.isTerminal { StandardError.write("Reading run \(id) …\n") }
        StandardError.settle()
        var report = RunReport(try await store.archive(ofRun: id))
        if outputs.isEmpty {
            let table = VerdictTable(report, isColoured: Terminal.wantsColour).text
            StandardOutput.print(TerminalText(document: table))
        } else {
            let timelines = try await TimelineBuilder.timelines(
                outputs.timelines(of: report.ledger),
                of: store.windowsByTime(ofRun: id)
            )
            report.add(timelines, for: outputs)
            let files = outputs.write(report, to: Files())
            for file in files.written { StandardOutput.print("\(file.name): \(file.path)\n") }
            for text in files.printed { StandardOutput.print(TerminalText(document: text)) }
            if let failure = files.failures.first { throw failure }
        }
        if formats.githubAnnotations == true {
            StandardOutput.print(TerminalText(GitHubAnnotations(report).commands))
        }
        try store.close()
    }
}

extension RunStore {
    /// Opens the database of a results directory that has one.
    ///
    /// - Throws: ``ApeError`` for a directory without runs, which is left as it is, and a database that cannot be read.
    static func existing(in results: String) throws -> RunStore {
        let path = path(in: results)
        guard Files.exists(path) else {
            throw ApeError(.usage, "\(results) has no runs: name the directory where runs are kept with --results")
        }
        return try RunStore(path: path)
    }
}
