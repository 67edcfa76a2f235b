/// The one way by which words of others (a peer, a target, a model, a file) get before people: as one line of words.
///
/// A terminal, a log's reader and a CI system take more than words from a line: escape sequences, orders to write from
/// right to left, ends of lines, commands. None of that is left here. What is markup in one format alone, that format
/// escapes for itself.
///
/// It works on scalars: CR LF is one `Character`, and a combining mark makes another one of the `<` before it.
package enum PlainText {
    /// What stands in the place of a scalar that is no part of a word.
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// What a scalar is to a line of words.
    private enum Kind {
        case word
        /// White space that is more than a gap: an end of a line, a tabulator.
        case gap
        /// It only joins or parts letters, in some scripts and in emoji: without it they are read all the same.
        case joiner
        case order
    }

    /// A text as one line that no terminal, log and CI system takes for anything but words.
    package static func line(_ text: some StringProtocol) -> String {
        let text = String(text)
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return CommandText.defused(text) }
        var words = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch kind(of: scalar) {
            case .word: words.append(scalar)
            case .gap: if words.last != " " { words.append(" ") }
            case .joiner: break
            case .order: words.append(replacement)
            }
        }
        return CommandText.defused(String(words))
    }

    /// Whether a scalar may stand in a line as it is.
    package static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        kind(of: scalar) == .word
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x20..<0x7F: return .word
        case 0x09...0x0D, 0x85, 0x2028, 0x2029: return .gap
        case 0x200C, 0x200D: return .joiner
        // They choose between two forms of the character before them, as in ⚠️.
        case 0xFE00...0xFE0F: return .word
        default: break
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate: return .order
        default: return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint ? .order : .word
        }
    }
}

extension JSONValue {
    /// The same with every text and name in it as a line of words, for documents that are read by people or handed on to
    /// their tools.
    package var plain: JSONValue {
        switch self {
        case .string(let text): .string(PlainText.line(text))
        case .array(let elements): .array(elements.map(\.plain))
        case .object(let members):
            .object(members.reduce(into: JSONObject()) { $0[PlainText.line($1.key)] = $1.value.plain })
        default: self
        }
    }
}
