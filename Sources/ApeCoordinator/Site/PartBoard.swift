import ApeReport

/// The parts of a page as its readers have them, and which of the newer ones they are sent.
///
/// A part is sent again only when it has changed, and all that is sent stays under a budget of bytes a second: a part that
/// finds it spent waits, so that one of so many bytes comes at most once in bytes by budget seconds. Parts that waited the
/// longest come first.
struct PartBoard: Sendable {
    /// Bytes a second that the parts of a page take.
    static let bytesPerSecond = 64.0 * 1024
    /// What may be sent at once after a quiet time, in seconds of the budget.
    static let burst = 2.0

    private struct Entry: Sendable {
        var part: HTMLPart
        /// When it was sent, counted in all that was.
        var version: Int
    }

    /// In the page's order.
    private var order: [String] = []
    private var entries: [String: Entry] = [:]
    /// The number of the newest part.
    private(set) var version = 0
    private var budget = Self.bytesPerSecond * Self.burst

    /// The parts as readers have them, in the page's order.
    var parts: [HTMLPart] { order.compactMap { entries[$0]?.part } }

    var isEmpty: Bool { order.isEmpty }

    /// Takes the parts as they are now.
    ///
    /// - Parameters:
    ///   - fresh: all parts, in the page's order.
    ///   - elapsed: the seconds since the last time.
    ///   - isBounded: whether the budget counts; it does not where nobody is sent anything, nor for what comes last.
    /// - Returns: the parts to send now, each with its number.
    mutating func take(_ fresh: [HTMLPart], elapsed: Double, isBounded: Bool) -> [(version: Int, part: HTMLPart)] {
        budget = min(Self.bytesPerSecond * Self.burst, budget + max(0, elapsed) * Self.bytesPerSecond)
        for part in fresh where entries[part.id] == nil { order.append(part.id) }
        let changed = fresh.filter { entries[$0.id]?.part != $0 }
            .sorted { (entries[$0.id]?.version ?? 0) < (entries[$1.id]?.version ?? 0) }
        var sent: [(version: Int, part: HTMLPart)] = []
        for part in changed where !isBounded || budget > 0 {
            version += 1
            entries[part.id] = Entry(part: part, version: version)
            if isBounded { budget -= Double(part.html.utf8.count) }
            sent.append((version, part))
        }
        return sent
    }

    /// The parts that a reader lacks who has all up to a number, the oldest first.
    func parts(after version: Int) -> [(version: Int, part: HTMLPart)] {
        entries.values.filter { $0.version > version }.sorted { $0.version < $1.version }.map { ($0.version, $0.part) }
    }
}
