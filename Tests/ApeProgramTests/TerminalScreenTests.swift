import ApeCore
import Glibc
import Testing

@testable import ApeProgram

/// Screens on a pseudo-terminal, whose other end says what was written.
struct TerminalScreenTests {
    /// A pseudo-terminal of a size.
    private final class Pair {
        let master: Int32
        let terminal: Int32

        /// TIOCSPTLCK and TIOCGPTN, which Swift's Glibc does not have.
        private static let unlock: UInt = 0x4004_5431
        private static let number: UInt = 0x8004_5430

        init(columns: UInt16, rows: UInt16) {
            master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            var (number, lock) = (Int32(0), Int32(0))
            _ = ioctl(master, Self.unlock, &lock)
            _ = ioctl(master, Self.number, &number)
            terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
            // What is written comes out as it was.
            var modes = termios()
            tcgetattr(terminal, &modes)
            cfmakeraw(&modes)
            tcsetattr(terminal, TCSANOW, &modes)
            resize(columns: columns, rows: rows)
        }

        func resize(columns: UInt16, rows: UInt16) {
            var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
            _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        }

        /// What has come out so far.
        func text(_ writer: OutputWriter) -> String {
            writer.finish(patience: .seconds(2))
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(master, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }

        /// Lets a writer end before the descriptor may be another pair's.
        func rest(_ writer: OutputWriter) {
            writer.finish(patience: .seconds(20))
        }

        deinit {
            close(master)
            close(terminal)
        }
    }

    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
    private static let leave = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    @Test func drawsInPlaceAndGivesTheTerminalBack() {
        let pair = Pair(columns: 60, rows: 15)
        let writer = OutputWriter(pair.terminal, limitBytes: 1 << 20)
        let screen = TerminalScreen(pair.terminal, writer)
        screen.show { size in ["\(size.columns)x\(size.rows)", "two"] }
        let picture = "\u{1B}[H\u{1B}[2K60x15\r\n\u{1B}[2Ktwo\r\n\u{1B}[J"
        #expect(pair.text(writer) == Self.enter + picture)
        screen.show { _ in ["again"] }
        #expect(pair.text(writer) == "\u{1B}[H\u{1B}[2Kagain\r\n\u{1B}[J")
        screen.leave()
        #expect(pair.text(writer) == Self.leave)
        screen.leave()
        screen.show { _ in ["back"] }
        #expect(pair.text(writer).hasPrefix(Self.enter))
        screen.leave()
        pair.rest(writer)
    }

    @Test func keepsWordsForTheScreenThatStays() {
        let pair = Pair(columns: 60, rows: 15)
        let writer = OutputWriter(pair.terminal, limitBytes: 1 << 20)
        let screen = TerminalScreen(pair.terminal, writer)
        #expect(!screen.keep("before\n"))
        screen.show { _ in ["one"] }
        _ = pair.text(writer)
        #expect(screen.keep("worker-1 joined\n"))
        screen.show { _ in ["two"] }
        #expect(pair.text(writer).hasPrefix(Self.leave + "worker-1 joined\n" + Self.enter))
        #expect(screen.keep("last words\n"))
        screen.leave()
        #expect(pair.text(writer) == Self.leave + "last words\n")
        pair.rest(writer)
    }

    @Test func followsTheSize() {
        let pair = Pair(columns: 60, rows: 15)
        let writer = OutputWriter(pair.terminal, limitBytes: 1 << 20)
        let screen = TerminalScreen(pair.terminal, writer)
        #expect(!screen.isResized)
        screen.show { _ in ["one"] }
        _ = pair.text(writer)
        pair.resize(columns: 100, rows: 30)
        #expect(screen.isResized)
        screen.show { size in ["\(size.columns)"] }
        #expect(pair.text(writer).hasPrefix(Self.enter) && !screen.isResized)
        screen.leave()
        pair.rest(writer)
    }

    @Test func fillsTheLastRowWithoutScrolling() {
        let pair = Pair(columns: 5, rows: 2)
        let writer = OutputWriter(pair.terminal, limitBytes: 1 << 20)
        let screen = TerminalScreen(pair.terminal, writer)
        screen.show { _ in ["12345", "67890"] }
        #expect(pair.text(writer).hasSuffix("\u{1B}[2K12345\r\n\u{1B}[2K67890"))
        screen.leave()
        pair.rest(writer)
    }
}
