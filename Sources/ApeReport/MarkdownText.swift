import ApeCore

extension String {
    private static let markdownSigns = Set("\\`*_{}[]()#+!|~$".unicodeScalars)

    /// A line of words that Markdown shows as it is: nothing in it is markup, a link, a mention or a table's edge. It goes
    /// by scalars, since a combining mark makes another `Character` of a sign and leaves it a sign to Markdown.
    var markdown: String {
        let words = Array(PlainText.line(self).unicodeScalars)
        var text = ""
        for (index, scalar) in words.enumerated() {
            switch scalar {
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "&": text += "&amp;"
            case "@": text += "@<!-- -->"
            // An address would become a link by itself.
            case ":" where words[(index + 1)...].starts(with: ["/", "/"]): text += "\\:"
            case "." where words[..<index].suffix(3).allSatisfy({ $0 == "w" || $0 == "W" }): text += "\\."
            // At the beginning of a paragraph it would be a list or a heading.
            case "-" where index == 0 && Self.continuesRule(words), "=" where index == 0 && Self.continuesRule(words):
                text += "\\\(scalar)"
            default:
                if Self.markdownSigns.contains(scalar) { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Whether a sign before it begins a list or a rule.
    private static func continuesRule(_ words: [Unicode.Scalar]) -> Bool {
        words.count > 1 && " -=".unicodeScalars.contains(words[1])
    }

    /// A line of words for between two backticks in a table.
    var codeSpan: String {
        var text = ""
        for scalar in PlainText.line(self).unicodeScalars {
            switch scalar {
            case "`": text += "'"
            case "|": text += "\\|"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
