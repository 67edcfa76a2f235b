/// A set of whole seconds as rising ranges of microseconds with gaps between them.
struct SecondRanges: Sendable, Equatable {
    private(set) var ranges: [Range<Int64>] = []

    init(_ ranges: [Range<Int64>] = []) {
        for range in ranges { insert(range) }
    }

    var seconds: Int { ranges.reduce(0) { $0 + Int(($1.upperBound - $1.lowerBound) / .second) } }

    /// Adds a range; one at the end, as windows are in usual order, costs nothing to place.
    mutating func insert(_ range: Range<Int64>) {
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

    func subtracting(_ other: SecondRanges) -> SecondRanges {
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
}
