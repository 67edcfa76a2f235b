/// Conditions inside braces: `{when: rate(actions{status=5xx}) < 1/s, window: 30s}`.
///
/// YAML ends an unquoted text of a map in braces at the next brace. People write conditions so all the same, and there is
/// one thing only that they can mean, so they are read as if they stood in quotes.
enum FlowConditions {
    /// A file's content with such conditions in quotes; its lines stay what they were.
    static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        guard let text = String(validating: bytes, as: UTF8.self), text.contains("when:") else { return bytes }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(quoted(line:))
        return Array(lines.joined(separator: "\n").utf8)
    }

    private static func quoted(line: Substring) -> String {
        guard let key = line.firstRange(of: "when:"), begins(line[..<key.lowerBound]) else { return String(line) }
        let value = line[key.upperBound...].drop { $0 == " " }
        guard let first = value.first, first != "\"", first != "'", let end = end(of: value) else {
            return String(line)
        }
        let condition = value[..<end]
        let last = condition.lastIndex { $0 != " " }.map(condition.index(after:)) ?? condition.startIndex
        return line[..<value.startIndex] + "'" + condition[..<last].replacing("'", with: "''") + "'" + line[last...]
    }

    /// Whether a key stands in a map in braces: right behind the brace or a comma.
    private static func begins(_ before: Substring) -> Bool {
        guard before.contains("{"), let last = before.last(where: { $0 != " " }) else { return false }
        return last == "{" || last == ","
    }

    /// Where the value ends: at a comma or brace that is none of its own; nil where the line ends before.
    private static func end(of value: Substring) -> String.Index? {
        var depth = 0
        var isQuoted = false
        for index in value.indices {
            switch value[index] {
            case "\"": isQuoted.toggle()
            case _ where isQuoted: break
            case "{", "(": depth += 1
            case ")": depth -= 1
            case "}" where depth == 0, "," where depth == 0: return index
            case "}": depth -= 1
            default: break
            }
        }
        return nil
    }
}
