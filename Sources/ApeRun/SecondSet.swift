import ApeMetrics

/// A set of seconds of a fixed stretch of time, one bit each.
struct SecondSet: Sendable, Equatable {
    /// The longest stretch that is kept: twelve days.
    static let maximumSeconds: Int64 = 1 << 20

    /// The stretch.
    let range: Range<Int64>
    private var words: [UInt64]

    init(_ range: Range<Int64>) {
        let length = min(range.upperBound - range.lowerBound, Self.maximumSeconds)
        self.range = range.lowerBound..<range.lowerBound + length
        words = Array(repeating: 0, count: Int(length + 63) / 64)
    }

    /// Adds a second.
    ///
    /// - Returns: whether it was new; false also for one outside the stretch.
    @discardableResult
    mutating func insert(_ second: Int64) -> Bool {
        guard range.contains(second) else { return false }
        let (word, bit) = Int(second - range.lowerBound).quotientAndRemainder(dividingBy: 64)
        defer { words[word] |= 1 << UInt64(bit) }
        return words[word] & (1 << UInt64(bit)) == 0
    }
}
