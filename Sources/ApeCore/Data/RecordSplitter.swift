/// Cuts the bytes of a file into its records: a line each, but for lines within quotes.
///
/// It holds one record at the most, and the piece that came last. Blank lines are left out.
struct RecordSplitter {
    struct Record {
        /// Without the line's end.
        var bytes: [UInt8]
        /// Where it begins in the file.
        var offset: Int
        /// The line that it begins on.
        var line: Int
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Whether a line may go on within quotes.
    private let isQuoted: Bool
    private var buffer: [UInt8] = []
    /// Where the record that is looked for begins in ``buffer``.
    private var start = 0
    private var searched = 0
    private var isInQuotes = false
    /// Where ``buffer`` begins in the file.
    private var bufferOffset = 0
    /// The line that the record which is looked for begins on.
    private(set) var line = 1
    /// Lines that end within it.
    private var innerLines = 0

    init(isQuoted: Bool) {
        self.isQuoted = isQuoted
    }

    /// What has come of the record that is looked for.
    var rest: [UInt8] { Array(buffer[start...]) }

    mutating func append(_ piece: [UInt8]) {
        if start > 0 {
            buffer.removeFirst(start)
            bufferOffset += start
            searched -= start
            start = 0
        }
        buffer += piece
    }

    /// The next record that is whole; nil where more bytes are needed.
    ///
    /// - Throws: ``ApeError`` for a record that is too long or never ends.
    mutating func next(isEnd: Bool) throws(ApeError) -> Record? {
        if bufferOffset == 0, start == 0, searched == 0 {
            guard isEnd || buffer.count >= Self.mark.count else { return nil }
            if buffer.starts(with: Self.mark) { (start, searched) = (Self.mark.count, Self.mark.count) }
        }
        while let end = lineEnd() {
            if let record = cut(to: end, next: end + 1) { return record }
        }
        guard isEnd else {
            guard buffer.count - start <= DataFile.maximumRowBytes + 2 else { throw tooLong }
            return nil
        }
        if isInQuotes { throw ApeError(.scenario, "a quote is opened and never closed") }
        return start < buffer.count ? cut(to: buffer.count, next: buffer.count) : nil
    }

    /// Where the line feed stands that ends the record; nil where it has not come.
    private mutating func lineEnd() -> Int? {
        buffer.withUnsafeBufferPointer { bytes in
            while searched < bytes.count {
                let byte = bytes[searched]
                searched += 1
                if byte == UInt8(ascii: "\""), isQuoted {
                    isInQuotes.toggle()
                } else if byte == UInt8(ascii: "\n") {
                    if !isInQuotes { return searched - 1 }
                    innerLines += 1
                }
            }
            return nil
        }
    }

    /// Takes a record; nil for a blank line.
    private mutating func cut(to end: Int, next: Int) -> Record? {
        defer {
            start = next
            searched = next
            line += innerLines + 1
            innerLines = 0
        }
        let last = end > start && buffer[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
        let isBlank = buffer[start..<last].allSatisfy { $0 == UInt8(ascii: " ") }
        return isBlank ? nil : Record(bytes: Array(buffer[start..<last]), offset: bufferOffset + start, line: line)
    }

    private var tooLong: ApeError {
        let hint = isInQuotes ? ": a quote is opened and not closed" : ""
        return ApeError(.scenario, "the row has more than \(DataFile.maximumRowBytes) bytes\(hint)")
    }
}
