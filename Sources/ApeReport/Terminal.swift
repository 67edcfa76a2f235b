import Foundation
import Glibc

/// What is known of where standard output goes.
package enum Terminal {
    /// Columns to fill.
    package static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return VerdictTable.defaultWidth
        }
        return min(Int(size.ws_col), VerdictTable.defaultWidth)
    }

    /// Whether to colour what is written there.
    package static var wantsColour: Bool {
        VerdictTable.wantsColour(
            isTerminal: isatty(STDOUT_FILENO) == 1,
            environment: ProcessInfo.processInfo.environment
        )
    }
}
