import ApeMetrics
import ApeRun

/// The figures of a series, in microseconds; nil where there are no samples.
package struct SeriesRow: Sendable, Equatable {
    package let count: Int64
    package let sumMicros: Int64
    /// The exact mean.
    package let meanMicros: Double?
    package let minMicros: Int64?
    package let maxMicros: Int64?
    package let p50Micros: Int64?
    package let p90Micros: Int64?
    package let p95Micros: Int64?
    package let p99Micros: Int64?
    let p999Micros: Int64?

    init(_ histogram: Histogram) {
        count = histogram.count
        sumMicros = histogram.sumMicros
        meanMicros = histogram.meanMicros
        minMicros = histogram.isEmpty ? nil : histogram.minMicros
        maxMicros = histogram.isEmpty ? nil : histogram.maxMicros
        let percentiles = histogram.percentiles([50, 90, 95, 99, 99.9])
        func percentile(_ index: Int) -> Int64? { percentiles.indices.contains(index) ? percentiles[index] : nil }
        p50Micros = percentile(0)
        p90Micros = percentile(1)
        p95Micros = percentile(2)
        p99Micros = percentile(3)
        p999Micros = percentile(4)
    }
}
