import ApeCore
import Glibc

/// Standard output.
package enum StandardOutput {
    /// Bytes that may wait: more than any report's text has.
    static let limitBytes = 64 << 20
    /// How long, at the end, the reader may take nothing of what is left.
    static let patience = Duration.seconds(10)

    private static let writer = OutputWriter(STDOUT_FILENO, limitBytes: limitBytes)

    private static let pictures = TerminalScreen(STDOUT_FILENO, writer)

    /// Where pictures can be shown; nil where standard output is no terminal that can. Whoever shows some there writes
    /// nothing else there meanwhile.
    package static var screen: TerminalScreen? { Terminal.takesPictures(STDOUT_FILENO) ? pictures : nil }

    /// Writes text after all that was written before, for a program whose work goes on whatever becomes of its words.
    /// Never waits.
    package static func write(_ text: TerminalText) {
        writer.write(text.string)
    }

    /// Writes the words of a command that has nothing else to do, and waits for its reader as any command does.
    package static func print(_ text: TerminalText) {
        Swift.print(text.string, terminator: "")
    }

    /// Waits until everything is out, or the reader has taken nothing for ``patience``.
    ///
    /// - Returns: whether everything is out.
    @discardableResult
    static func finish() -> Bool {
        pictures.leave()
        return writer.finish(patience: patience)
    }
}
