import ApeCore
import ArgumentParser
import Glibc
import Logging

/// The options of every long-running program.
package struct ProgramOptions: ParsableArguments {
    @Option(help: "How much to log on standard error: trace, debug, info, notice, warning, error or critical.")
    package var logLevel: Logger.Level = .notice

    @Option(help: "How log lines look: text, or json with one object a line.")
    var logFormat = LogFormat.text

    @Option(help: .hidden)
    var parentPid: Int32?

    package init() {}

    init(logLevel: Logger.Level, parentPid: Int32?) {
        self.logLevel = logLevel
        self.parentPid = parentPid
    }

    /// Sets up logging for this process. Must be called once, before the first log line.
    package func logger(label: String) -> Logger {
        let (level, format) = (logLevel, logFormat)
        if format == .json { StandardError.writeJSON(program: label) }
        LoggingSystem.bootstrap { label in
            if format == .json { return JSONLogHandler(label: label, logLevel: level) }
            var handler = StreamLogHandler(label: label, stream: TextLog())
            handler.logLevel = level
            return handler
        }
        return Logger(label: label)
    }

    /// The watch on the process that started this one; nil where none was asked for.
    package var parentWatch: ParentWatch? {
        parentPid.map { ParentWatch(parent: $0) }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
