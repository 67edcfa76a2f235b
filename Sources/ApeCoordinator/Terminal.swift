import ApeReport
import Foundation
import Glibc

/// What is known of where standard output goes.
enum Terminal {
    /// Columns to fill.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return VerdictTable.defaultWidth
        }
        return min(Int(size.ws_col), VerdictTable.defaultWidth)
    }

    static var wantsColour: Bool {
        VerdictTable.wantsColour(
            isTerminal: isatty(STDOUT_FILENO) == 1,
            environment: ProcessInfo.processInfo.environment
        )
    }
}
