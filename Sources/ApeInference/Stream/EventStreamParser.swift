import ApeCore

/// Cuts a byte stream into server-sent events (WHATWG HTML, "Server-sent events").
///
/// Bytes go in as they are read, events come out when their blank line has been seen, wherever the reads cut them.
/// A line ends with LF, CR or CRLF. Comments, `id` and `retry` are skipped, several `data` lines are joined by LF,
/// and a byte order mark at the stream's start is dropped. It works on bytes: Swift takes CRLF for one character,
/// and U+2028 may stand inside JSON.
package struct EventStreamParser {
    /// The greatest size of one event with its field names, in bytes; a longer one ends the stream.
    static let maximumEventBytes = 1 << 20
    /// Taken bytes are dropped from the buffer's front once they are this many.
    private static let compactionBytes = 16 * 1024

    /// One event's data, as a range of a buffer.
    package struct Event {
        package var bytes: [UInt8]
        package var range: Range<Int>
        /// The event's type is `error`.
        var isError: Bool
    }

    private var buffer: [UInt8] = []
    /// Where the line that is being read starts.
    private var lineStart = 0
    /// Up to where no line end was found.
    private var scanned = 0
    /// Where the event that is being read starts.
    private var eventStart = 0
    private var data = EventData()
    private var isError = false
    private var skipsLineFeed = false
    private var isFirstLine = true
    /// The first byte that is not white space.
    private var firstByte: UInt8?
    /// Whether the answer is no stream but one document, JSON or HTML: no line of a stream begins so.
    var isDocument: Bool { firstByte.map { "{[<".utf8.contains($0) } ?? false }

    package init() {}

    /// Takes what was read.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if firstByte == nil { firstByte = bytes.first { $0 > 0x20 } }
        if eventStart == buffer.count {
            drop(buffer.count)
        } else if eventStart > Self.compactionBytes {
            drop(eventStart)
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole event; nil until more is read.
    ///
    /// - Throws: ``StreamFailure`` for an event that exceeds ``maximumEventBytes``.
    package mutating func next() throws(StreamFailure) -> Event? {
        while let end = lineEnd() {
            let line = lineStart..<end
            lineStart = scanned
            if line.isEmpty {
                defer { eventStart = lineStart }
                if let event = takeEvent() { return event }
            } else {
                take(line: line)
            }
        }
        if buffer.count - eventStart > Self.maximumEventBytes { throw .tooLarge }
        return nil
    }

    /// The event that the stream's end completes, its blank line missing; nil where there is none.
    package mutating func finish() -> Event? {
        if lineStart < buffer.count { take(line: lineStart..<buffer.count) }
        lineStart = buffer.count
        scanned = buffer.count
        eventStart = buffer.count
        return takeEvent()
    }

    /// Steps over one line end and returns where the line before it ends; nil when there is none yet.
    private mutating func lineEnd() -> Int? {
        if skipsLineFeed, scanned < buffer.count {
            skipsLineFeed = false
            if buffer[scanned] == 0x0A {
                scanned += 1
                lineStart = scanned
                if eventStart == scanned - 1 { eventStart = scanned }
            }
        }
        let index = ByteRun.lineEnd(buffer, from: scanned)
        guard index < buffer.count else {
            scanned = index
            return nil
        }
        skipsLineFeed = buffer[index] == 0x0D
        scanned = index + 1
        return index
    }

    private mutating func take(line: Range<Int>) {
        var start = line.lowerBound
        if isFirstLine {
            isFirstLine = false
            if buffer[line].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
        }
        if let value = value(of: "data", in: start..<line.upperBound) {
            data.add(value, of: buffer)
        } else if let value = value(of: "event", in: start..<line.upperBound) {
            isError = buffer[value].elementsEqual("error".utf8)
        }
    }

    /// The value of the field `name` where the line is that field: what follows the colon and one space.
    private func value(of name: StaticString, in line: Range<Int>) -> Range<Int>? {
        let count = name.utf8CodeUnitCount
        guard line.count >= count,
            name.withUTF8Buffer({ buffer[line.lowerBound..<(line.lowerBound + count)].elementsEqual($0) })
        else { return nil }
        var start = line.lowerBound + count
        if start == line.upperBound { return start..<start }
        guard buffer[start] == UInt8(ascii: ":") else { return nil }
        start += 1
        if start < line.upperBound, buffer[start] == 0x20 { start += 1 }
        return start..<line.upperBound
    }

    private mutating func takeEvent() -> Event? {
        defer {
            data = EventData()
            isError = false
        }
        switch data {
        case .none: return nil
        case .line(let range): return Event(bytes: buffer, range: range, isError: isError)
        case .joined(let bytes): return Event(bytes: bytes, range: 0..<bytes.count, isError: isError)
        }
    }

    private mutating func drop(_ count: Int) {
        guard count > 0 else { return }
        if count == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else {
            buffer.removeSubrange(..<count)
            data.move(by: -count)
        }
        lineStart -= count
        scanned -= count
        eventStart -= count
    }
}

/// The data lines of one event: nearly always one, which then stays where it was read.
private enum EventData {
    case none
    case line(Range<Int>)
    case joined([UInt8])

    init() {
        self = .none
    }

    mutating func add(_ range: Range<Int>, of buffer: [UInt8]) {
        switch self {
        case .none: self = .line(range)
        case .line(let first): self = .joined(buffer[first] + [0x0A] + buffer[range])
        case .joined(var bytes):
            self = .none
            bytes.append(0x0A)
            bytes.append(contentsOf: buffer[range])
            self = .joined(bytes)
        }
    }

    mutating func move(by offset: Int) {
        if case .line(let range) = self {
            self = .line((range.lowerBound + offset)..<(range.upperBound + offset))
        }
    }
}
