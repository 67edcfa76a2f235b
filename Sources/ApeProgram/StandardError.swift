import ApeCore
import Glibc
import Logging
import Synchronization

/// Writes messages to the user on standard error. Nothing here waits for the reader: where it takes nothing, the oldest
/// lines are dropped, and their number is told once it takes some again.
package enum StandardError {
    /// Bytes that may wait for the reader.
    static let limitBytes = 256 << 10
    /// How long, at the end, the reader may take nothing of what is left.
    static let patience = Duration.seconds(3)

    /// How long what goes elsewhere waits for what is left here.
    static let settling = Duration.milliseconds(200)

    private static let writer = OutputWriter(STDERR_FILENO, limitBytes: limitBytes)
    /// The program that messages are logged for, as JSON; nil while messages are written as plain text.
    private static let program = Mutex<String?>(nil)

    /// Writes text, as log lines where the program logs as JSON. Never waits.
    package static func write(_ text: TerminalText) {
        guard let program = program.withLock({ $0 }) else { return writePlain(text.string) }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        for line in text.string.split(separator: "\n") {
            let level: Logger.Level = line.hasPrefix("error") ? .error : line.hasPrefix("warning") ? .warning : .notice
            writePlain(JSONLogHandler.line(at: time.micros, level, program: program, String(line), [:]))
        }
    }

    /// Makes all further messages JSON log lines of this program, so that its log has one format and every line a time.
    static func writeJSON(program name: String) {
        program.withLock { $0 = name }
        let kind = OutputKind(STDERR_FILENO).name
        writer.tellDropped { lines in
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            let words = "Lines were dropped: the \(kind) did not take them"
            return JSONLogHandler.line(at: time.micros, .warning, program: name, words, ["lines": "\(lines)"])
        }
    }

    /// While pictures are shown, words wait for the screen that stays.
    static func writePlain(_ text: String) {
        if !pictures.keep(text) { writer.write(text) }
    }

    private static let pictures = TerminalScreen(STDERR_FILENO, writer)

    /// Where pictures can be shown; nil where standard error is no terminal that can.
    package static var screen: TerminalScreen? { Terminal.takesPictures(STDERR_FILENO) ? pictures : nil }

    /// Lets what was written come out before something else does that goes to the same terminal; waits no longer than
    /// ``settling``.
    package static func settle() {
        writer.finish(patience: settling)
    }

    /// Gives the terminal back that another program has left in the middle of its pictures.
    package static func giveBackTerminal() {
        writer.write(TerminalSequence.leave)
    }

    /// Waits until everything is out, or the reader has taken nothing for ``patience``.
    static func finish() {
        pictures.leave()
        writer.finish(patience: patience)
    }

    /// Whether standard error is a terminal.
    package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

extension timespec {
    var micros: Int64 { Int64(tv_sec) * 1_000_000 + Int64(tv_nsec) / 1000 }
}
