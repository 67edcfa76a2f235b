import ApeCore
import ApeMetrics

/// An exact sum of durations and how many they are.
package struct SumAndCount: Sendable, Equatable {
    package var sumMicros: Int64 = 0
    package var count: Int64 = 0

    package init(sumMicros: Int64 = 0, count: Int64 = 0) {
        self.sumMicros = sumMicros
        self.count = count
    }

    package mutating func add(_ other: SumAndCount) {
        sumMicros = sumMicros.addingClamped(other.sumMicros)
        count = count.addingClamped(other.count)
    }

    package mutating func add(_ histogram: Histogram?) {
        guard let histogram else { return }
        sumMicros = sumMicros.addingClamped(histogram.sumMicros)
        count = count.addingClamped(histogram.count)
    }

    /// The exact mean in microseconds; nil without samples.
    package var meanMicros: Double? { count > 0 ? Double(sumMicros) / Double(count) : nil }

    /// The exact mean in seconds; nil without samples.
    package var mean: Double? { meanMicros.map { $0 / 1_000_000 } }
}
