/// One record that is a JSON object of texts, numbers and truth values. Numbers keep their digits; null is no value.
struct ObjectRecord {
    private(set) var members: [(name: String, value: String?)] = []

    /// - Throws: ``ApeError`` for what is no such object.
    init(_ bytes: [UInt8]) throws(ApeError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw ApeError(.scenario, "is not UTF-8") }
        var scanner = JSONScanner(bytes)
        guard scanner.peek() == UInt8(ascii: "{") else { throw ApeError(.scenario, "is no JSON object") }
        var members: [(name: String, value: String?)] = []
        try scanner.scanObject { name, scanner throws(ApeError) in
            guard !members.contains(where: { $0.name == name }) else {
                throw ApeError(.scenario, "`\(name.prefix(64))` stands twice")
            }
            let value = try Self.value(of: name, &scanner)
            guard value?.utf8.count ?? 0 <= DataFile.maximumValueBytes else {
                throw ApeError(
                    .scenario,
                    "`\(name.prefix(64))` has more than \(DataFile.maximumValueBytes) bytes"
                )
            }
            members.append((name, value))
        }
        try scanner.finish()
        self.members = members
    }

    private static func value(of name: String, _ scanner: inout JSONScanner) throws(ApeError) -> String? {
        switch scanner.peek() {
        case UInt8(ascii: "\""): return try scanner.takeString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            throw ApeError(.scenario, "`\(name.prefix(64))` is neither a text, a number, true nor false")
        default:
            let start = scanner.position
            try scanner.skipValue()
            let text = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
            return text == "null" ? nil : text
        }
    }

    /// The values in the order of the columns.
    ///
    /// - Throws: ``ApeError`` where it has other names.
    func row(_ columns: [String]) throws(ApeError) -> DataRow {
        if members.elementsEqual(columns, by: { $0.name == $1 }) { return members.map(\.value) }
        var row: DataRow = []
        for column in columns {
            guard let member = members.first(where: { $0.name == column }) else {
                throw ApeError(.scenario, "lacks `\(column)`, which the first line has")
            }
            row.append(member.value)
        }
        if let other = members.first(where: { !columns.contains($0.name) }) {
            throw ApeError(.scenario, "has `\(other.name.prefix(64))`, which the first line has not")
        }
        return row
    }
}

extension DataFormat {
    /// The values of a row that ``DataFileReader`` has accepted, in the order of the columns.
    ///
    /// - Parameters:
    ///   - bytes: from where the row begins to where the next one does.
    ///   - columns: the file's.
    /// - Returns: the values.
    /// - Throws: ``ApeError`` for bytes that are no such row.
    package func row(_ bytes: [UInt8], columns: [String]) throws(ApeError) -> DataRow {
        var splitter = RecordSplitter(isQuoted: separator != nil)
        splitter.append(bytes)
        guard let record = try splitter.next(isEnd: true) else { throw ApeError(.scenario, "the row is empty") }
        guard let separator else { return try ObjectRecord(record.bytes).row(columns) }
        let fields = try SeparatedRecord(record.bytes, separator: separator)
        try fields.check(columns: columns.count)
        return fields.texts
    }
}
