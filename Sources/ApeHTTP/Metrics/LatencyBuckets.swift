import ApeCore
import ApeMetrics

/// A distribution of durations cut at fixed bounds, as Prometheus keeps it, made from any number of ``Histogram``s.
///
/// A bound counts every sample in a bucket of the histogram that begins at or below it: it is true to that bucket's
/// width, below 0.1 %.
package struct LatencyBuckets: Sendable, Equatable {
    /// From 1 ms to 2 minutes; from 10 ms to 60 s, where percentiles are asked for, each at most 1.67 times the one
    /// before. The eight targets' own limits are among them.
    package static let boundsMicros: [Int64] = [
        1_000, 2_500, 5_000, 10_000, 15_000, 20_000, 30_000, 50_000, 75_000, 100_000, 150_000, 200_000, 300_000,
        500_000, 750_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000, 5_000_000, 7_500_000, 10_000_000, 15_000_000,
        20_000_000, 30_000_000, 45_000_000, 60_000_000, 120_000_000,
    ]

    /// The last bucket of a histogram that each bound takes in.
    private static let lastIndices = boundsMicros.map(Histogram.bucketIndex(of:))

    package private(set) var count: Int64 = 0
    package private(set) var sumMicros: Int64 = 0
    /// Samples of each bound that are above the bound before.
    package private(set) var apart = [Int64](repeating: 0, count: boundsMicros.count)

    /// Samples up to each bound.
    var cumulative: [Int64] {
        var total: Int64 = 0
        return apart.map {
            total = total.addingClamped($0)
            return total
        }
    }

    package mutating func add(_ histogram: Histogram) {
        count = count.addingClamped(histogram.count)
        sumMicros = sumMicros.addingClamped(histogram.sumMicros)
        for bucket in histogram.buckets {
            let place = Self.place(of: bucket.index)
            if apart.indices.contains(place) { apart[place] = apart[place].addingClamped(bucket.count) }
        }
    }

    /// The first bound that takes a bucket in; one past the last bound for those above all.
    private static func place(of index: Int32) -> Int {
        var (low, high) = (0, lastIndices.count)
        while low < high {
            let middle = (low + high) / 2
            if lastIndices[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
