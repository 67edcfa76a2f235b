import ApeMetrics

extension StageLedger {
    /// Anything of the seconds that means are judged by as batches of equal time: a sum in microseconds, given in seconds, and a count.
    package func holdBatches(_ value: (SecondTotals) -> (micros: Double, count: Int64)) -> [Batch] {
        let totals = judgedTotals
        var batches = [Batch](repeating: Batch(), count: BatchMeans.number(forSeconds: totals.count))
        for (offset, second) in totals.enumerated() {
            let (micros, count) = value(second)
            batches[BatchMeans.index(ofSecond: offset, of: totals.count)].add(micros / 1_000_000, count: Double(count))
        }
        return batches
    }
}
