import ApeMetrics

/// One stretch of a hold: the sum of the samples in it and their number.
package struct Batch: Sendable, Equatable {
    package private(set) var sum = 0.0
    package private(set) var count = 0.0

    package mutating func add(_ sum: Double, count: Double) {
        self.sum += sum
        self.count += count
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
/// (Law, "Simulation Modeling and Analysis", section 9.5.3). Between 10 and 30 batches suffice (Schmeiser, Operations
/// Research 30, 1982).
package enum BatchMeans {
    /// The most batches of one hold.
    static let maximumBatches = 20

    package static func number(forSeconds seconds: Int) -> Int {
        min(max(seconds, 0), maximumBatches)
    }

    /// The batch of a second, counted from the stretch's start.
    package static func index(ofSecond second: Int, of seconds: Int) -> Int {
        second * number(forSeconds: seconds) / seconds
    }

    /// The sum of all samples over their number; nil without samples.
    package static func mean(_ strata: [[Batch]]) -> Double? {
        let sum = strata.joined().reduce(0) { $0 + $1.sum }
        let count = strata.joined().reduce(0) { $0 + $1.count }
        return count > 0 ? sum / count : nil
    }

    /// The mean's interval, at 95 % unless another `error` is given, 0.05 or 0.01; nil where a stratum with samples has
    /// them in one batch only, or there are none.
    package static func interval(_ strata: [[Batch]], error: Double = 0.05) -> Interval? {
        estimate(strata)?.interval(error: error)
    }
}

extension BatchMeans.Estimate {
    /// The mean's interval, at 95 % unless another `error` is given, 0.05 or 0.01.
    func interval(error: Double = 0.05) -> Interval {
        let squares = parts.reduce(0) { $0 + $1.variance * $1.variance / $1.degrees }
        guard variance > 0, squares > 0 else { return Interval(low: mean, high: mean) }
        let half = StudentT.quantile(degrees: variance * variance / squares, tails: error) * variance.squareRoot()
        return Interval(low: mean - half, high: mean + half)
    }
}
