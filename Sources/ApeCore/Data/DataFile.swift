/// A file of rows beside a scenario, as it was when it was read.
package struct DataFile: Sendable, Equatable {
    /// The most rows that a file may have.
    package static let maximumRows = 1_000_000
    /// The most bytes that a file may have.
    package static let maximumBytes = 256 * 1024 * 1024
    /// The most bytes that one row may have.
    package static let maximumRowBytes = 64 * 1024
    /// The most columns that a file may have.
    package static let maximumColumns = 100
    /// The most bytes that one value may have: what a session can keep.
    package static let maximumValueBytes = 8192

    /// Its path as the scenario names it.
    package var name: String
    /// The names of its values.
    package var columns: [String]
    /// Its rows.
    package var count: Int
    /// Its size.
    package var bytes: Int
    /// FNV-1a of 64 bits over all its bytes, in hexadecimal: what tells that it has changed.
    package var hash: String

    package init(name: String, columns: [String], count: Int, bytes: Int, hash: String) {
        self.name = name
        self.columns = columns
        self.count = count
        self.bytes = bytes
        self.hash = hash
    }
}

/// How rows are written in a file.
package enum DataFormat: String, Sendable, CaseIterable {
    /// RFC 4180 with a line of names first.
    case csv
    /// The same with tabs between the values.
    case tsv
    /// One JSON object of texts, numbers and truth values a line.
    case jsonl
    /// Another name of ``jsonl``.
    case ndjson

    /// The format of a file, by what its name ends with; nil for one that is not known.
    package init?(path: String) {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        self.init(rawValue: path[path.index(after: dot)...].lowercased())
    }

    /// The byte between two values; nil where a row is an object.
    var separator: UInt8? {
        switch self {
        case .csv: UInt8(ascii: ",")
        case .tsv: UInt8(ascii: "\t")
        case .jsonl, .ndjson: nil
        }
    }
}
