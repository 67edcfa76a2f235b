/// One record of values with a byte between them, by RFC 4180.
struct SeparatedRecord {
    private struct Field {
        /// Without its quotes.
        var range: Range<Int>
        /// Whether it holds doubled quotes.
        var holdsQuotes = false
    }

    private let bytes: [UInt8]
    private var fields: [Field] = []

    /// - Parameters:
    ///   - bytes: the record without its line's end.
    ///   - separator: the byte between two values.
    /// - Throws: ``ApeError`` for what is no such record.
    init(_ bytes: [UInt8], separator: UInt8) throws(ApeError) {
        self.bytes = bytes
        var position = 0
        while true {
            let isQuoted = position < bytes.count && bytes[position] == Self.quote
            let field = isQuoted ? try Self.quoted(bytes, from: position + 1) : try plain(from: position, separator)
            fields.append(field)
            position = field.range.upperBound + (isQuoted ? 1 : 0)
            guard position < bytes.count else { break }
            guard bytes[position] == separator else {
                throw ApeError(.scenario, "something stands behind the closing quote of value \(fields.count)")
            }
            position += 1
        }
        guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil else {
            throw ApeError(.scenario, "is not UTF-8")
        }
        guard !bytes.contains(0) else { throw ApeError(.scenario, "holds a NUL character") }
    }

    private static let quote = UInt8(ascii: "\"")

    private func plain(from start: Int, _ separator: UInt8) throws(ApeError) -> Field {
        var end = start
        while end < bytes.count, bytes[end] != separator {
            guard bytes[end] != Self.quote else {
                throw ApeError(
                    .scenario,
                    "a quote stands inside value \(fields.count + 1), which does not begin with one: quote the whole "
                        + "value, and double the quotes inside"
                )
            }
            end += 1
        }
        return Field(range: start..<end)
    }

    private static func quoted(_ bytes: [UInt8], from start: Int) throws(ApeError) -> Field {
        var (end, holdsQuotes) = (start, false)
        while end < bytes.count {
            if bytes[end] == quote {
                guard end + 1 < bytes.count, bytes[end + 1] == quote else {
                    return Field(range: start..<end, holdsQuotes: holdsQuotes)
                }
                holdsQuotes = true
                end += 1
            }
            end += 1
        }
        throw ApeError(.scenario, "a quote is opened and never closed")
    }

    /// Whether it has as many values as there are columns, none of them too long.
    func check(columns: Int) throws(ApeError) {
        guard fields.count == columns else {
            let (values, names) = (fields.count.counting("value"), columns.counting("column"))
            throw ApeError(.scenario, "has \(values), the first line names \(names)")
        }
        for (index, field) in fields.enumerated() where field.range.count > DataFile.maximumValueBytes {
            throw ApeError(.scenario, "value \(index + 1) has more than \(DataFile.maximumValueBytes) bytes")
        }
    }

    /// The values.
    var texts: [String] {
        fields.map { field in
            let text = String(decoding: bytes[field.range], as: UTF8.self)
            return field.holdsQuotes ? text.replacing("\"\"", with: "\"") : text
        }
    }
}
