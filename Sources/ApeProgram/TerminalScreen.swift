import ApeCore
import Glibc
import Synchronization

/// A terminal that shows one picture after the other in place, on its alternate screen: what was on it before stays, and
/// is there again at the end with what was said meanwhile.
///
/// Nothing here waits for the terminal: while it takes nothing, pictures are left out, and words are kept up to a bound.
package final class TerminalScreen: Sendable {
    /// Columns and rows.
    package struct Size: Sendable, Equatable {
        package var columns: Int
        package var rows: Int
    }

    fileprivate struct State {
        /// Whether the alternate screen is on.
        var isUp = false
        /// The size of the picture that is shown.
        var size = Size(columns: 0, rows: 0)
        /// What was said since, for the screen that stays.
        var words: [String] = []
        var wordBytes = 0
        var droppedLines = 0
    }

    /// Bytes of words that wait for the next picture.
    private static let limitBytes = 256 << 10

    private let descriptor: Int32
    private let writer: OutputWriter
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptor: a terminal's.
    ///   - writer: writes to it.
    init(_ descriptor: Int32, _ writer: OutputWriter) {
        self.descriptor = descriptor
        self.writer = writer
    }

    /// The terminal's size now; nil where it has none.
    package var size: Size? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Whether to colour what is shown.
    package var wantsColour: Bool { Terminal.wantsColour(descriptor) }

    /// Whether the terminal has another size than the picture that is shown.
    package var isResized: Bool {
        guard let size else { return false }
        return state.withLock { $0.isUp && $0.size != size }
    }

    /// Shows a picture in the place of the one before. Left out while the terminal has not taken that one.
    ///
    /// - Parameter picture: lines for a size, without their ends.
    package func show(_ picture: (Size) -> [TerminalText]) {
        guard writer.isIdle, let size else { return }
        // A shell has the terminal while whoever waits for this program is stopped.
        guard !TerminalGuard.isParentStopped else { return leave() }
        let wasStopped = TerminalGuard.takeStop()
        let lines = picture(size)
        TerminalGuard.watch(descriptor)
        writer.write(
            state.withLock { state in
                let words = state.takeWords()
                if wasStopped { state.isUp = false }
                let isNew = !state.isUp || !words.isEmpty || state.size != size
                var text = state.isUp && !words.isEmpty ? TerminalSequence.leave : ""
                text += words
                if isNew { text += TerminalSequence.enter }
                (state.isUp, state.size) = (true, size)
                text += TerminalSequence.home
                // A line is cleared before its words: what clears behind them would take the one in the last column.
                text += lines.map { TerminalSequence.clearLine + $0.string }.joined(separator: "\r\n")
                return lines.count < size.rows ? text + "\r\n" + TerminalSequence.clearBelow : text
            }
        )
    }

    /// Takes words that are to stay.
    ///
    /// - Returns: false where no picture is shown, and nothing was taken.
    func keep(_ words: String) -> Bool {
        state.withLock { state in
            guard state.isUp else { return false }
            state.words.append(words)
            state.wordBytes += words.utf8.count
            while state.wordBytes > Self.limitBytes, state.words.count > 1 {
                let oldest = state.words.removeFirst()
                state.wordBytes -= oldest.utf8.count
                state.droppedLines += 1
            }
            return true
        }
    }

    /// Gives the terminal back as it was, with the words that were said meanwhile. The next picture takes it again.
    package func leave() {
        let text = state.withLock { state -> String in
            guard state.isUp else { return "" }
            state.isUp = false
            TerminalGuard.rest()
            return TerminalSequence.leave + state.takeWords()
        }
        writer.write(text)
    }
}

extension TerminalScreen.State {
    fileprivate mutating func takeWords() -> String {
        defer { (words, wordBytes, droppedLines) = ([], 0, 0) }
        let note = droppedLines > 0 ? "\(droppedLines) messages dropped: the terminal did not take them\n" : ""
        return note + words.joined()
    }
}

/// What a terminal is told beside words (ECMA-48, and the private modes of xterm that all others have).
enum TerminalSequence {
    /// To the alternate screen, which is cleared; no cursor, and lines are cut at the edge.
    static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
    /// Back, with cursor and wrapped lines.
    static let leave = "\(leaveBytes)"
    /// The same for a signal's handler, which may make no string.
    static let leaveBytes: StaticString = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
    static let home = "\u{1B}[H"
    static let clearLine = "\u{1B}[2K"
    /// From here to the end of the screen.
    static let clearBelow = "\u{1B}[J"
}
