import Glibc
import Logging
import Synchronization

/// Standard error, for words to the user that are no log lines.
package enum StandardError {
    /// The program whose words are log lines too; nil while they are written as they are.
    private static let program = Mutex<String?>(nil)

    /// Writes text at once, whole where the system allows it; as log lines where the program logs as JSON.
    package static func write(_ text: String) {
        guard let program = program.withLock({ $0 }) else { return writePlain(text) }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        for line in text.split(separator: "\n") {
            let level: Logger.Level = line.hasPrefix("error") ? .error : line.hasPrefix("warning") ? .warning : .notice
            writePlain(JSONLogHandler.line(at: time.micros, level, program: program, String(line), [:]))
        }
    }

    /// From now on words are log lines of this program, so that whoever reads its log has one form and every time.
    static func writeJSON(program name: String) {
        program.withLock { $0 = name }
    }

    static func writePlain(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // Nobody is left to be told when standard error itself cannot be written.
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Whether a person is likely to be reading.
    package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

extension timespec {
    var micros: Int64 { Int64(tv_sec) * 1_000_000 + Int64(tv_nsec) / 1000 }
}
