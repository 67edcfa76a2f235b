/// Some of a run's seconds, numbered from 1970.
package typealias SecondRanges = RangeSet<Int64>

extension SecondRanges {
    /// How many seconds are in the set.
    package var count: Int64 {
        ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
    }

    /// The seconds of the set that lie within a stretch of time.
    package func clamped(to stretch: Range<Int64>) -> SecondRanges {
        intersection(SecondRanges(stretch))
    }
}
