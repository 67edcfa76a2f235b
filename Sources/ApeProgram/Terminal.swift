import Glibc

/// What is known of where standard output goes.
package enum Terminal {
    /// Columns to fill.
    ///
    /// - Parameter most: what is filled of a wider terminal, and of what is none.
    /// - Returns: the terminal's own columns where it has fewer.
    package static func width(atMost most: Int) -> Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return most }
        return min(Int(size.ws_col), most)
    }

    /// Whether to colour what is written there.
    package static var wantsColour: Bool { wantsColour(STDOUT_FILENO) }

    /// Whether to colour what a descriptor is given.
    static func wantsColour(_ descriptor: Int32) -> Bool {
        wantsColour(isTerminal: isatty(descriptor) == 1, environment: environment)
    }

    /// Whether to colour: on a terminal only, and not where `NO_COLOR` is set (no-color.org) or `TERM` is `dumb`.
    static func wantsColour(isTerminal: Bool, environment: [String: String]) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Whether pictures can be shown there, one in the place of the other: on a terminal, unless `TERM` is `dumb`.
    static func takesPictures(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    }

    private static var environment: [String: String] {
        let names = ["NO_COLOR", "TERM"]
        let values = names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } }
        return Dictionary(uniqueKeysWithValues: values)
    }
}
