import ApeMetrics

/// One stretch of a hold: the sum of the samples in it and their number.
package struct Batch: Sendable, Equatable {
    package private(set) var sum = 0.0
    package private(set) var count = 0.0

    package mutating func add(_ sum: Double, count: Double) {
        self.sum += sum
        self.count += count
    }

    mutating func add(_ other: Batch) {
        add(other.sum, count: other.count)
    }
}

extension Batch {
    /// A total of durations; its sum is in seconds.
    init(_ total: SumAndCount) {
        self.init(sum: Double(total.sumMicros) / 1_000_000, count: Double(total.count))
    }
}

extension [Batch] {
    /// Neighbours merged, so that `number` nearly equal stretches remain; `number` is at most the count.
    func merged(into number: Int) -> [Batch] {
        var merged = [Batch](repeating: Batch(), count: number)
        for (offset, batch) in enumerated() { merged[offset * number / count].add(batch) }
        return merged
    }
}

/// A range that holds the true value at 95 % confidence.
package struct Interval: Sendable, Equatable {
    package var low: Double
    package var high: Double

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    func scaled(by factor: Double) -> Interval {
        Interval(low: low * factor, high: high * factor)
    }
}

/// The method of batch means: neighbouring samples of a run resemble each other, so their spread says too little of
/// the mean's error; means of long stretches are nearly independent, and their spread tells it.
///
/// Batches are stretches of equal time, so their counts differ, and the mean is a ratio of two random sums. Stages
/// are strata: the plan sets them apart, and the difference between them is no error. The variance is that of the
/// combined ratio estimator (Cochran, "Sampling Techniques", 3rd ed. 1977, section 6.11), the degrees of freedom are
/// Satterthwaite's (Biometrics Bulletin 2, 1946). For one stage with equal counts this is the textbook's batch means
/// (Law, "Simulation Modeling and Analysis", section 9.5.3).
///
/// How long a batch has to be is told by the samples. A stage's batches begin as its seconds and grow until neighbours
/// are uncorrelated, as in Skart (Tafazzoli and Wilson, IIE Transactions 43, 2011). What correlation is left widens the
/// interval, and so does skewness. See ``Estimate/Part/init(growing:mean:batchSeconds:)``.
package enum BatchMeans {
    /// The batches that a stage begins with, at most: those of a longer hold begin as longer stretches.
    static let mostBatches = 60
    /// Batches grow no further than to these: fewer do not tell their own spread. Between 10 and 30 suffice (Schmeiser,
    /// Operations Research 30, 1982).
    static let leastBatches = 10

    /// The sum of all samples over their number; nil without samples.
    package static func mean(_ strata: [[Batch]]) -> Double? {
        let sum = strata.joined().reduce(0) { $0 + $1.sum }
        let count = strata.joined().reduce(0) { $0 + $1.count }
        return count > 0 ? sum / count : nil
    }

    /// The mean's interval at 95 %; nil where a stratum with samples has them in one batch only, or there are none.
    package static func interval(_ strata: [[Batch]]) -> Interval? {
        estimate(strata)?.interval()
    }

    /// The mean of strata, with what is known of its error.
    ///
    /// - Parameters:
    ///   - strata: of each stage its seconds, or longer stretches of equal length. Those without samples are left out.
    ///   - batchSeconds: the length of such a stretch.
    /// - Returns: nil where a stratum with samples has them in one batch only, or there are none.
    package static func estimate(_ strata: [[Batch]], batchSeconds: Int = 1) -> Estimate? {
        estimate(strata) { Estimate.Part(growing: $0, mean: $1, batchSeconds: batchSeconds) }
    }

    /// The same with batches that stay as they are and are taken to be uncorrelated.
    static func estimate(ofFixed strata: [[Batch]]) -> Estimate? {
        estimate(strata) { Estimate.Part(BatchResiduals($0, mean: $1)) }
    }

    private static func estimate(
        _ strata: [[Batch]],
        part: (_ batches: [Batch], _ mean: Double) -> Estimate.Part
    ) -> Estimate? {
        let filled = strata.map { $0.filter { $0.count > 0 } }.filter { !$0.isEmpty }
        guard let mean = mean(filled), filled.allSatisfy({ $0.count >= 2 }) else { return nil }
        let total = filled.joined().reduce(0) { $0 + $1.count }
        let parts = filled.map { batches in
            var part = part(batches, mean)
            part.variance /= total * total
            return part
        }
        return Estimate(mean: mean, parts: parts)
    }
}
