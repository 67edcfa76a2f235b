/// Reads a file of rows piece by piece: checks every row, and takes note of where each begins.
package struct DataFileReader {
    /// What the errors call the file.
    private let file: String
    private let format: DataFormat
    private var splitter: RecordSplitter
    private var columns: [String]?
    /// Where each row begins, in bytes, and where the last one ends.
    private var offsets: [UInt32] = []
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private var bytes = 0

    /// - Parameters:
    ///   - file: the file's path, for errors.
    ///   - format: how its rows are written.
    package init(file: String, format: DataFormat) {
        self.file = file
        self.format = format
        splitter = RecordSplitter(isQuoted: format.separator != nil)
    }

    /// Takes the next bytes of the file, cut anywhere.
    ///
    /// - Throws: ``ApeError`` of code `scenario` that names file and line.
    package mutating func take(_ piece: [UInt8]) throws(ApeError) {
        bytes += piece.count
        guard bytes <= DataFile.maximumBytes else {
            throw ApeError(.scenario, "\(file) has more than \(DataFile.maximumBytes) bytes")
        }
        hash = piece.withUnsafeBufferPointer { $0.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }
        splitter.append(piece)
        try takeRecords(isEnd: false)
    }

    /// Takes the end of the file.
    ///
    /// - Parameter name: the file's path as the scenario names it.
    /// - Returns: what the file holds, and where each row begins and the last one ends, in bytes.
    /// - Throws: ``ApeError`` of code `scenario` that names file and line.
    package mutating func finish(name: String) throws(ApeError) -> (file: DataFile, offsets: [UInt32]) {
        try takeRecords(isEnd: true)
        guard let columns, !offsets.isEmpty else { throw ApeError(.scenario, "\(file) has no rows") }
        let text = Hexadecimal.text(of: hash)
        let read = DataFile(name: name, columns: columns, count: offsets.count, bytes: bytes, hash: text)
        return (read, offsets + [UInt32(bytes)])
    }

    private mutating func takeRecords(isEnd: Bool) throws(ApeError) {
        while true {
            let record: RecordSplitter.Record?
            do throws(ApeError) {
                record = try splitter.next(isEnd: isEnd)
            } catch {
                throw failure(splitter.line, misplacedQuote ?? error.message)
            }
            guard let record else { return }
            do throws(ApeError) {
                try take(record)
            } catch {
                throw failure(record.line, error.message)
            }
        }
    }

    /// A quote in the middle of a value makes the lines behind it look quoted, and is the mistake to tell of.
    private var misplacedQuote: String? {
        guard let separator = format.separator else { return nil }
        do throws(ApeError) {
            _ = try SeparatedRecord(splitter.rest, separator: separator)
            return nil
        } catch {
            return error.message
        }
    }

    private func failure(_ line: Int, _ message: String) -> ApeError {
        ApeError(.scenario, "\(file):\(line): \(message)")
    }

    private mutating func take(_ record: RecordSplitter.Record) throws(ApeError) {
        guard record.bytes.count <= DataFile.maximumRowBytes else {
            throw ApeError(.scenario, "the row has more than \(DataFile.maximumRowBytes) bytes")
        }
        switch (format.separator, columns) {
        case (let separator?, nil): try name(SeparatedRecord(record.bytes, separator: separator).texts)
        case (let separator?, let columns?):
            try SeparatedRecord(record.bytes, separator: separator).check(columns: columns.count)
            try addRow(at: record.offset)
        case (nil, let columns):
            let object = try ObjectRecord(record.bytes)
            if let columns { _ = try object.row(columns) } else { try name(object.members.map(\.name)) }
            try addRow(at: record.offset)
        }
    }

    private mutating func addRow(at offset: Int) throws(ApeError) {
        guard offsets.count < DataFile.maximumRows else {
            throw ApeError(.scenario, "is past the \(DataFile.maximumRows) rows that a file may have")
        }
        offsets.append(UInt32(offset))
    }

    private mutating func name(_ names: [String]) throws(ApeError) {
        guard !names.isEmpty, names.count <= DataFile.maximumColumns else {
            throw ApeError(.scenario, "names \(names.count) columns, not 1 to \(DataFile.maximumColumns)")
        }
        var seen: Set<String> = []
        for name in names {
            let shown = name.prefix(64)
            guard Template.isName(name) else {
                let rule = "letters, digits, _, - and ., a letter or _ first"
                throw ApeError(.scenario, "the column \"\(shown)\" cannot be named by a template: \(rule)")
            }
            guard !TemplateNames.builtIn.contains(name) else {
                throw ApeError(.scenario, "the column \"\(shown)\" has a name that every session knows already")
            }
            guard seen.insert(name).inserted else { throw ApeError(.scenario, "the column \"\(shown)\" stands twice") }
        }
        columns = names
    }
}
