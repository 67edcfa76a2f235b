/// A line for the shell's log: a fixed message, and what varies as metadata. Neither ever holds a token.
package struct LogLine: Sendable, Equatable {
    /// How much a line matters to whoever reads the log.
    package enum Level: Sendable, Equatable {
        case info
        /// What an operator wants to see of a program that is well: the programs log from here on unless told otherwise.
        case notice
        case warning
        case error
    }

    package var level: Level
    package var message: String
    package var metadata: [String: String]

    package init(_ level: Level, _ message: StaticString, _ metadata: [String: String] = [:]) {
        self.level = level
        self.message = "\(message)"
        self.metadata = metadata
    }
}
