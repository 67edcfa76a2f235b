/// A line for the shell's log: a fixed message, and what varies as metadata. Neither ever holds a token.
package struct LogLine: Sendable, Equatable {
    package var level: Level
    package var message: String
    package var metadata: [String: String]

    package init(_ level: Level, _ message: StaticString, _ metadata: [String: String] = [:]) {
        self.level = level
        self.message = "\(message)"
        self.metadata = metadata
    }
}
