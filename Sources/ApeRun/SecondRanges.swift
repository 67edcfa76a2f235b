import ApeMetrics

/// A set of seconds, numbered from 1970, as rising ranges with gaps between them.
package struct SecondRanges: Sendable, Equatable {
    package private(set) var ranges: [Range<Int64>] = []

    package init(_ ranges: [Range<Int64>] = []) {
        for range in ranges { insert(range) }
    }

    package var isEmpty: Bool { ranges.isEmpty }
    package var count: Int64 { ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

    /// Adds a range; one at the end, as windows are in usual order, costs nothing to place.
    package mutating func insert(_ range: Range<Int64>) {
        guard !range.isEmpty else { return }
        var low = range.lowerBound
        var high = range.upperBound
        var first = ranges.count
        while first > 0, ranges[first - 1].upperBound >= low { first -= 1 }
        var end = first
        while end < ranges.count, ranges[end].lowerBound <= high {
            low = min(low, ranges[end].lowerBound)
            high = max(high, ranges[end].upperBound)
            end += 1
        }
        ranges.replaceSubrange(first..<end, with: CollectionOfOne(low..<high))
    }

    package func union(_ other: SecondRanges) -> SecondRanges {
        SecondRanges(ranges + other.ranges)
    }

    package func subtracting(_ other: SecondRanges) -> SecondRanges {
        var rest = SecondRanges()
        for range in ranges {
            var low = range.lowerBound
            for cut in other.ranges where cut.upperBound > low && cut.lowerBound < range.upperBound {
                rest.insert(low..<max(low, cut.lowerBound))
                low = max(low, cut.upperBound)
            }
            if low < range.upperBound { rest.insert(low..<range.upperBound) }
        }
        return rest
    }

    /// What lies within a stretch of time.
    package func clamped(to stretch: Range<Int64>) -> SecondRanges {
        SecondRanges(ranges.map { $0.clamped(to: stretch) })
    }
}
