/// The kinds of content that come as a stream of events.
enum StreamType {
    private static let header = Array("content-type:".utf8)
    private static let words = ["event-stream", "ndjson", "jsonl", "jsonlines", "json-seq", "stream+json"]
        .map { Array($0.utf8) }

    /// Whether a header line says that the body is a stream of events; nil for other headers.
    ///
    /// It works on bytes, since it looks at a line of every answer.
    ///
    /// - Parameter line: the line as received.
    /// - Returns: nil for a line that does not name the content's type.
    static func isNamed(in line: UnsafeRawBufferPointer) -> Bool? {
        guard line.count > header.count, begins(line, at: 0, with: header) else { return nil }
        var index = header.count
        while index < line.count, line[index] != UInt8(ascii: ";") {
            // The first letters of the words above.
            switch line[index] | 0x20 {
            case UInt8(ascii: "e"), UInt8(ascii: "n"), UInt8(ascii: "j"), UInt8(ascii: "s"):
                for word in words where begins(line, at: index, with: word) { return true }
            default: break
            }
            index += 1
        }
        return false
    }

    private static func begins(_ line: UnsafeRawBufferPointer, at start: Int, with word: [UInt8]) -> Bool {
        guard line.count - start >= word.count else { return false }
        for index in word.indices where line[start + index] | 0x20 != word[index] | 0x20 { return false }
        return true
    }
}
