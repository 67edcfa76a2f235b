/// How a terminal shows a word, by the number of the ECMA-48 sequence that asks for it.
package enum TerminalStyle: String, Sendable, CaseIterable {
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    private static let escape: Unicode.Scalar = "\u{1B}"
    private static let end = "[0m"

    /// The text with the sequences around it.
    package func around(_ text: String) -> String {
        "\(Self.escape)[\(rawValue)m\(text)\(Self.escape)\(Self.end)"
    }

    /// A line of words (``PlainText``) in which the sequences of styles are left, and no others.
    package static func words(_ line: String) -> String {
        guard line.unicodeScalars.contains(escape) else { return PlainText.line(line) }
        let sequences = allCases.map { "[\($0.rawValue)m" } + [end]
        let parts = line.unicodeScalars.split(separator: escape, omittingEmptySubsequences: false).map(String.init)
        return parts.dropFirst().reduce(into: PlainText.line(parts[0])) { words, part in
            let sequence = sequences.first { part.utf8.starts(with: $0.utf8) }
            words += sequence.map { "\(escape)\($0)" } ?? PlainText.line("\(escape)")
            words += PlainText.line(String(part.unicodeScalars.dropFirst(sequence?.unicodeScalars.count ?? 0)))
        }
    }
}
