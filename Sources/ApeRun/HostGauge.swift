/// A percentage sampled once a second over a hold: its mean with an interval, and its peak.
///
/// Each worker has two of them in each stage, so they are small whatever the hold's length: when there is no room for
/// another batch, neighbours are merged.
package struct HostGauge: Sendable, Equatable {
    private static let mostBatches = 32

    package private(set) var peak = 0.0
    private var batches: [Batch] = []
    private var batchSeconds = 1
    private let range: Range<Int64>

    init(over range: Range<Int64>) {
        self.range = range
    }

    var batchCount: Int { batches.count }

    package var count: Double { batches.reduce(0) { $0 + $1.count } }
    package var mean: Double? { BatchMeans.mean([batches]) }
    package var interval: Interval? { estimate?.interval() }

    /// The mean with what is known of its error; nil without one.
    var estimate: BatchMeans.Estimate? { BatchMeans.estimate([batches], batchSeconds: batchSeconds) }

    mutating func add(_ percent: Double, second: Int64) {
        guard percent.isFinite, range.contains(second) else { return }
        peak = max(peak, percent)
        let offset = Int(second - range.lowerBound)
        while offset / batchSeconds >= Self.mostBatches {
            batches = batches.merged(into: (batches.count + 1) / 2)
            batchSeconds *= 2
        }
        let missing = offset / batchSeconds + 1 - batches.count
        if missing > 0 { batches += [Batch](repeating: Batch(), count: missing) }
        batches[offset / batchSeconds].add(percent, count: 1)
    }
}
