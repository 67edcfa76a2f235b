import Glibc
import Logging
import Synchronization

/// Writes messages to the user on standard error.
package enum StandardError {
    /// The program that messages are logged for, as JSON; nil while messages are written as plain text.
    private static let program = Mutex<String?>(nil)

    /// Writes text unbuffered; as log lines where the program logs as JSON.
    package static func write(_ text: String) {
        guard let program = program.withLock({ $0 }) else { return writePlain(text) }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        for line in text.split(separator: "\n") {
            let level: Logger.Level = line.hasPrefix("error") ? .error : line.hasPrefix("warning") ? .warning : .notice
            writePlain(JSONLogHandler.line(at: time.micros, level, program: program, String(line), [:]))
        }
    }

    /// Makes all further messages JSON log lines of this program, so that its log has one format and every line a time.
    static func writeJSON(program name: String) {
        program.withLock { $0 = name }
    }

    static func writePlain(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // An error of standard error itself cannot be reported anywhere.
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Whether standard error is a terminal.
    package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

extension timespec {
    var micros: Int64 { Int64(tv_sec) * 1_000_000 + Int64(tv_nsec) / 1000 }
}
