import ApeCore
import Logging

/// A line of a log.
struct LogEntry: Sendable, Equatable {
    /// ISO 8601 in UTC, which sorts as it stands; empty for words before the first line that has a time.
    var time: String
    var level: Logger.Level
    /// The log's name: of the worker, or of the other program.
    var source: String
    var message: String
    var metadata: [(name: String, value: String)] = []

    static func == (one: LogEntry, other: LogEntry) -> Bool {
        one.text(isColoured: false) == other.text(isColoured: false)
    }

    /// Reads a line. What is not JSON are a program's words to its user: they belong to the moment of the line before.
    init(_ line: some StringProtocol, source: String, after previous: String) {
        self.source = source
        guard let json = try? JSONValue(parsing: String(line)), let time = json["time"]?.string,
            let level = json["level"]?.string.flatMap(Logger.Level.init(rawValue:)),
            let message = json["message"]?.string
        else {
            time = previous
            level = line.hasPrefix("error") ? .error : line.hasPrefix("warning") ? .warning : .notice
            message = String(line)
            return
        }
        (self.time, self.level, self.message) = (time, level, message)
        metadata = json["metadata"]?.object?.map { ($0.key, $0.value.string ?? $0.value.text) } ?? []
    }

    /// The line for people.
    func text(isColoured: Bool) -> String {
        let clock = time.isEmpty ? "                       " : String(time.prefix(23)).replacing("T", with: " ")
        let name = level.rawValue.padded(to: 8)
        let style = level >= .error ? TerminalStyle.red : level == .warning ? .yellow : .faint
        let shown = isColoured ? style.around(name) : name
        let details = metadata.map { " \($0.name)=\($0.value)" }.joined()
        return "\(clock) \(shown) \(source.padded(to: 14)) \(message)\(details)"
    }
}

extension String {
    /// With spaces up to a width; a longer one is left as it is.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
