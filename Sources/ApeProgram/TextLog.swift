import ApeCore

/// Where the text form of the log goes: each line as a line of words, whoever gave its metadata.
struct TextLog: TextOutputStream, Sendable {
    func write(_ line: String) {
        StandardError.writePlain(Self.line(line))
    }

    /// A log line with its newline, whatever it holds.
    static func line(_ text: String) -> String {
        let text = text.unicodeScalars
        return PlainText.line(String(text.last == "\n" ? text.dropLast() : text[...])) + "\n"
    }
}
