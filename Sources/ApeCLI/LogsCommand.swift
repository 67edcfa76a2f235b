import ApeCore
import ApeProgram
import ApeReport
import ArgumentParser
import Glibc
import Logging

/// `ape-test logs`: the logs of all programs of a results directory as one.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show the logs of a fleet's programs, merged by time.",
        discussion: """
            Each program writes JSON lines to its own file in the results' logs directory; here they are one text.

            Examples:
              ape-test logs
              ape-test logs --worker worker-1 --level warning
              ape-test logs --follow

            Exit codes: 0 the logs were shown; 2 there are none, or none of that name.
            """
    )

    @Option(
        help: ArgumentHelp("Only this log: worker-1, coordinator, demo-shop, demo-inference, start.", valueName: "name")
    )
    var worker: String?

    @Option(help: "Only lines that matter this much or more: trace, debug, info, notice, warning, error or critical.")
    var level: Logger.Level = .trace

    @Flag(help: "Go on with what is written, until Ctrl-C.")
    var follow = false

    @OptionGroup
    var fleet: FleetOptions

    init() {}

    func run() async throws {
        let directory = fleet.directory.logs
        var reader = LogReader(directory: directory, filter: LogReader.Filter(source: worker, level: level))
        let sources = reader.sources
        guard !sources.isEmpty else {
            throw ApeError(.usage, "There are no logs in \(directory): name the results directory with --results")
        }
        if let worker, !sources.contains(worker) {
            throw ApeError(.usage, "There is no log of \(worker); there are \(sources.joined(separator: ", "))")
        }
        var canWrite = show(reader.all())
        while follow, canWrite {
            try await Task.sleep(for: .milliseconds(300))
            canWrite = show(reader.more())
        }
    }

    /// Prints lines; returns whether anybody still reads them.
    private func show(_ entries: [LogEntry]) -> Bool {
        let isColoured = Terminal.wantsColour
        StandardOutput.print(TerminalText(lines: entries.map { $0.text(isColoured: isColoured) }))
        return fflush(nil) == 0
    }
}
