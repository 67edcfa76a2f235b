import ApeCore

/// Text for XML and HTML: a line of words in which what the formats take for markup is escaped.
enum XMLText {
    /// Text for an attribute's value or an element's content, in which `]]>` does not occur either.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in PlainText.line(text).unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
