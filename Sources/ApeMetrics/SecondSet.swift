/// A set of seconds of a fixed stretch of time, one bit each.
package struct SecondSet: Sendable, Equatable {
    /// The longest stretch that is kept: twelve days.
    package static let maximumSeconds: Int64 = 1 << 20

    /// The stretch.
    package let range: Range<Int64>
    private var words: [UInt64]

    package init(_ range: Range<Int64>) {
        let length = min(range.upperBound - range.lowerBound, Self.maximumSeconds)
        self.range = range.lowerBound..<range.lowerBound + length
        words = Array(repeating: 0, count: Int(length + 63) / 64)
    }

    /// All seconds of a stretch.
    package init(full range: Range<Int64>) {
        self.init(range)
        for second in self.range { insert(second) }
    }

    /// Adds a second.
    ///
    /// - Returns: whether it was new; false also for one outside the stretch.
    @discardableResult
    package mutating func insert(_ second: Int64) -> Bool {
        guard range.contains(second) else { return false }
        let (word, bit) = Int(second - range.lowerBound).quotientAndRemainder(dividingBy: 64)
        defer { words[word] |= 1 << UInt64(bit) }
        return words[word] & (1 << UInt64(bit)) == 0
    }

    package func contains(_ second: Int64) -> Bool {
        guard range.contains(second) else { return false }
        let (word, bit) = Int(second - range.lowerBound).quotientAndRemainder(dividingBy: 64)
        return words[word] & (1 << UInt64(bit)) != 0
    }

    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The seconds of this set that another one lacks, as ranges.
    package func ranges(missingFrom other: SecondSet) -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        for second in range where contains(second) && !other.contains(second) {
            if let last = ranges.last, last.upperBound == second {
                ranges[ranges.count - 1] = last.lowerBound..<second + 1
            } else {
                ranges.append(second..<second + 1)
            }
        }
        return ranges
    }
}
