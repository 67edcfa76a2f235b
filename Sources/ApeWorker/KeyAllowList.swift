import ApeCore

/// The secrets of its host that a worker lends to scenarios: its operator's word, which no coordinator can widen. A
/// coordinator could otherwise have any variable and any file of the host sent wherever the worker may send load.
package struct KeyAllowList: Sendable, Equatable {
    private var variables: [Rule] = []
    private var files: [Rule] = []

    /// No secret at all: what a worker lends unless told otherwise.
    package static let none = KeyAllowList()

    private init() {}

    /// Parses the values of `--allow-key-env` and `--allow-key-file`.
    ///
    /// - Parameters:
    ///   - variables: names of environment variables, several between commas; a name may end in `*`.
    ///   - files: paths as scenarios name them; one may end in `/*` for the files of a directory.
    /// - Throws: ``ApeError`` of code `usage` that names the flag and the forms.
    package init(variables: [String], files: [String]) throws(ApeError) {
        for text in variables.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            guard let rule = Rule(text), Self.isVariable(rule.beginning) else {
                // What stands there is not repeated: it may be the key itself.
                throw ApeError(
                    .usage,
                    "--allow-key-env takes names of environment variables, such as OPENAI_API_KEY or SHOP_*"
                )
            }
            self.variables.append(rule)
        }
        for text in files {
            guard let rule = Rule(text[...]), !rule.isOpen || rule.beginning.hasSuffix("/"), !Self.climbs(text) else {
                throw ApeError(
                    .usage,
                    "--allow-key-file \"\(text)\" is no path of a file, such as /etc/ape/key or /etc/ape/keys/*"
                )
            }
            self.files.append(rule)
        }
    }

    /// Lets a scenario have the secrets that it names, or throws for the first that is not listed.
    ///
    /// - Throws: ``ApeError`` of code `not_allowed` that names the variable or the file, and the flag that allows it.
    package func check(_ scenario: Scenario) throws(ApeError) {
        for (key, source) in scenario.secrets where !lends(source) {
            let what =
                switch source {
                case .environment(let name): "the environment variable \(name)"
                case .file(let path): "the file \(path)"
                }
            throw ApeError(
                .notAllowed,
                "\(key) names \(what), which this worker does not lend to scenarios: start it with \(source.flag)"
            )
        }
    }

    private func lends(_ source: Scenario.SecretSource) -> Bool {
        switch source {
        case .environment(let name): variables.contains { $0.covers(name) }
        case .file(let path): !Self.climbs(path) && files.contains { $0.covers(path) }
        }
    }

    private static func isVariable(_ name: Substring) -> Bool {
        let isLetter: (UInt8) -> Bool = { byte in
            (byte | 0x20).isBetween("a", "z") || byte == UInt8(ascii: "_")
        }
        return name.utf8.first.map(isLetter) == true && name.utf8.allSatisfy { isLetter($0) || $0.isBetween("0", "9") }
    }

    /// Whether a path leads out of the directory that it begins with.
    private static func climbs(_ path: String) -> Bool {
        path.split(separator: "/").contains("..")
    }
}

extension KeyAllowList {
    private struct Rule: Sendable, Equatable {
        var beginning: Substring
        /// Whether more may follow, which is no further directory.
        var isOpen: Bool

        init?(_ text: Substring) {
            isOpen = text.hasSuffix("*")
            beginning = isOpen ? text.dropLast() : text
            guard !beginning.isEmpty, !beginning.contains("*") else { return nil }
        }

        func covers(_ name: String) -> Bool {
            guard isOpen else { return name == beginning }
            let rest = name.utf8.dropFirst(beginning.utf8.count)
            return name.utf8.starts(with: beginning.utf8) && !rest.isEmpty && !rest.contains(UInt8(ascii: "/"))
        }
    }
}

extension UInt8 {
    fileprivate func isBetween(_ low: UnicodeScalar, _ high: UnicodeScalar) -> Bool {
        (UInt8(ascii: low)...UInt8(ascii: high)).contains(self)
    }
}
