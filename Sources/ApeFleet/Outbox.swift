import DequeModule

/// A worker's windows that are not known to be stored: bounded, oldest out first.
struct Outbox: Sendable {
    private struct Entry: Sendable {
        var seq: Int64
        var line: [UInt8]
    }

    let capacity: Int
    private var entries: Deque<Entry> = []
    /// The latest window's number; 0 before the first.
    private(set) var lastSeq: Int64
    /// Windows given up because there were too many.
    private(set) var dropped: Int64 = 0

    /// - Parameters:
    ///   - capacity: how many windows are kept.
    ///   - lastSeq: the number of the last window of the run that was made before; 0 where there is none.
    init(capacity: Int, lastSeq: Int64) {
        self.capacity = capacity
        self.lastSeq = lastSeq
    }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// The number that the next window gets.
    var nextSeq: Int64 { lastSeq + 1 }

    /// Keeps the line of the window ``nextSeq``. Returns whether an older one had to go.
    mutating func append(_ line: [UInt8]) -> Bool {
        lastSeq += 1
        entries.append(Entry(seq: lastSeq, line: line))
        guard entries.count > capacity else { return false }
        entries.removeFirst()
        dropped += 1
        return true
    }

    /// Everything up to `seq` is stored.
    mutating func ack(_ seq: Int64) {
        while let first = entries.first, first.seq <= seq { entries.removeFirst() }
    }

    /// What is to be sent again, in order.
    var lines: some Sequence<[UInt8]> { entries.lazy.map(\.line) }
}
