import ApeCore
import FoundationEssentials
import Logging
import SystemPackage

/// Reads the logs of a directory, all that are there and then what comes.
struct LogReader {
    /// Which lines are wanted.
    struct Filter: Sendable {
        /// The log's name; nil for all.
        var source: String?
        var level: Logger.Level
    }

    let directory: String
    let filter: Filter
    /// Bytes of each log that are read.
    private var offsets: [String: Int64] = [:]
    private var lastTimes: [String: String] = [:]

    init(directory: String, filter: Filter) {
        self.directory = directory
        self.filter = filter
    }

    /// The names of the logs that there are.
    var sources: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }.sorted()
    }

    /// All that earlier logs hold and the logs themselves, in the order of time.
    mutating func all() -> [LogEntry] {
        var entries: [LogEntry] = []
        for source in wanted {
            for number in stride(from: LogRotation.kept, to: 0, by: -1) {
                let path = "\(directory)/\(source).log.\(number)"
                if let data = FileManager.default.contents(atPath: path) { entries += parse(data, source) }
            }
        }
        return sorted(entries + fresh())
    }

    /// What has been written since, whole lines only, in the order of time.
    mutating func more() -> [LogEntry] {
        sorted(fresh())
    }

    private var wanted: [String] { sources.filter { filter.source == nil || $0 == filter.source } }

    private mutating func fresh() -> [LogEntry] {
        var entries: [LogEntry] = []
        for source in wanted {
            let path = FilePath("\(directory)/\(source).log")
            guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { continue }
            defer { try? file.close() }
            guard let end = try? file.seek(offset: 0, from: .end) else { continue }
            // A log that has become shorter was turned over.
            let start = offsets[source].map { $0 <= end ? $0 : 0 } ?? 0
            guard end > start, let data = try? Self.bytes(of: file, start..<end),
                let last = data.lastIndex(of: UInt8(ascii: "\n"))
            else { continue }
            let whole = data[...last]
            offsets[source] = start + Int64(whole.count)
            entries += parse(whole, source)
        }
        return entries
    }

    private static func bytes(of file: FileDescriptor, _ range: Range<Int64>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = try file.read(fromAbsoluteOffset: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    private mutating func parse(_ data: some Collection<UInt8>, _ source: String) -> [LogEntry] {
        var entries: [LogEntry] = []
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let entry = LogEntry(line, source: source, after: lastTimes[source] ?? "")
            lastTimes[source] = entry.time
            if entry.level >= filter.level { entries.append(entry) }
        }
        return entries
    }

    /// Lines of one moment keep their order.
    private func sorted(_ entries: [LogEntry]) -> [LogEntry] {
        entries.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}
