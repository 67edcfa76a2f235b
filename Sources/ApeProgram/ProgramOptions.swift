import ApeCore
import ArgumentParser
import Glibc
import Logging

/// What every long-running program takes.
package struct ProgramOptions: ParsableArguments {
    @Option(help: "How much to log on standard error: trace, debug, info, notice, warning, error or critical.")
    package var logLevel: Logger.Level = .notice

    @Option(help: "How log lines look: text, or json with one object a line.")
    package var logFormat = LogFormat.text

    @Option(help: .hidden)
    package var parentPid: Int32?

    package init() {}

    package init(logLevel: Logger.Level, parentPid: Int32?) {
        self.logLevel = logLevel
        self.parentPid = parentPid
    }

    /// Sets up logging for this process; to be called once, before the first log line.
    package func logger(label: String) -> Logger {
        let (level, format) = (logLevel, logFormat)
        if format == .json { StandardError.writeJSON(program: label) }
        LoggingSystem.bootstrap { label in
            if format == .json { return JSONLogHandler(label: label, logLevel: level) }
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: label)
    }

    /// The watch on the process that started this one, where it asked for one.
    package var parentWatch: ParentWatch? {
        parentPid.map { ParentWatch(parent: $0) }
    }
}

/// How log lines look.
package enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
