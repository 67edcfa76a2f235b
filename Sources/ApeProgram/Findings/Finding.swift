import ApeCore

/// The result of one check, and what to do about it.
package struct Finding: Sendable, Equatable {
    /// How serious it is.
    package enum Level: String, Sendable, CaseIterable {
        case ok
        /// Information, or something that could not be checked.
        case note
        /// A run is possible, but may be impaired.
        case warning
        /// A run would fail.
        case fault
    }

    /// The check's stable name, such as `open_files`.
    package var check: String
    package var level: Level
    /// A sentence for the user.
    package var message: String
    /// How to fix it: commands and settings, one on each line.
    package var fix: [String]

    package init(_ check: String, _ level: Level, _ message: String, fix: [String] = []) {
        self.check = check
        self.level = level
        self.message = message
        self.fix = fix
    }

    /// The same without the secrets that a mask hides.
    package func masked(by mask: SecretMask) -> Finding {
        Finding(check, level, mask.masked(message), fix: fix.map(mask.masked))
    }
}
