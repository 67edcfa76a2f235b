import ApeMetrics
import Glibc

/// Whether two figures differ by more than chance: each test gives the probability of a difference at least so great
/// where there is none.
package enum SignificanceTests {
    /// A smaller probability than this makes a difference significant.
    package static let level = 0.05

    /// Welch's test for two means, on batch means.
    ///
    /// Each side's mean and variance are those of ``BatchMeans``, stages being strata; the degrees of freedom are
    /// Welch's and Satterthwaite's over all strata of both. With one stage and batches of equal counts this is Welch's
    /// test on the batches' means (Welch, Biometrika 34, 1947; Law, "Simulation Modeling and Analysis", section 10.2).
    ///
    /// - Returns: nil where a side has no interval.
    static func welch(_ one: BatchMeans.Estimate, _ other: BatchMeans.Estimate) -> Double? {
        let parts = one.parts + other.parts
        let variance = parts.reduce(0) { $0 + $1.variance }
        guard variance > 0 else { return one.mean == other.mean ? 1 : 0 }
        let squares = parts.reduce(0) { $0 + $1.variance * $1.variance / $1.degrees }
        let degrees = variance * variance / squares
        let t = (one.mean - other.mean) / variance.squareRoot()
        return StudentT.incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    }

    /// The two-sided test for two values of which only the 95 % intervals are known, each error taken to be normal.
    ///
    /// - Returns: nil where an interval is unknown.
    static func normal(_ one: Double, _ first: Interval?, _ other: Double, _ second: Interval?) -> Double? {
        guard let first, let second else { return nil }
        let errors = [first, second].map { ($0.high - $0.low) / 2 / 1.959963984540054 }
        let deviation = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
        guard deviation > 0 else { return one == other ? 1 : 0 }
        return erfc(abs(one - other) / deviation / 2.0.squareRoot())
    }

    /// The two-sided test for two shares, with the pooled variance (Fleiss, Levin and Paik, "Statistical Methods for
    /// Rates and Proportions", 3rd ed. 2003, section 3.1, without the correction for continuity).
    ///
    /// - Returns: nil where fewer than five successes or failures are expected on a side, for which the normal
    ///   distribution is no approximation.
    package static func proportions(
        _ one: (successes: Int64, trials: Int64),
        _ other: (successes: Int64, trials: Int64)
    ) -> Double? {
        let (n, m) = (Double(one.trials), Double(other.trials))
        guard n > 0, m > 0 else { return nil }
        let pooled = Double(one.successes + other.successes) / (n + m)
        guard min(n, m) * min(pooled, 1 - pooled) >= 5 else { return nil }
        let error = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
        let z = (Double(one.successes) / n - Double(other.successes) / m) / error
        return erfc(abs(z) / 2.0.squareRoot())
    }

    /// The two-sample test of Kolmogorov and Smirnov on histograms, with the limiting distribution.
    ///
    /// Samples of one bucket count as equal, so the distance is never overstated. Neighbouring samples of a run
    /// resemble each other; whoever knows by how much gives the numbers of independent samples that they are worth.
    /// (Smirnov, Annals of Mathematical Statistics 19, 1948; Conover, "Practical Nonparametric Statistics", 3rd ed.
    /// 1999, section 6.3.)
    ///
    /// - Returns: nil where a side has no samples.
    static func kolmogorovSmirnov(
        _ one: Histogram,
        _ other: Histogram,
        worth: (one: Double, other: Double)? = nil
    ) -> (distance: Double, probability: Double)? {
        guard !one.isEmpty, !other.isEmpty else { return nil }
        var counts: [Int32: (Int64, Int64)] = [:]
        for bucket in one.buckets { counts[bucket.index, default: (0, 0)].0 = bucket.count }
        for bucket in other.buckets { counts[bucket.index, default: (0, 0)].1 = bucket.count }
        var (left, right) = (0.0, 0.0)
        var distance = 0.0
        for index in counts.keys.sorted() {
            left += Double(counts[index]?.0 ?? 0) / Double(one.count)
            right += Double(counts[index]?.1 ?? 0) / Double(other.count)
            distance = max(distance, abs(left - right))
        }
        let (n, m) = worth ?? (Double(one.count), Double(other.count))
        return (distance, kolmogorovTail((n * m / (n + m)).squareRoot() * distance))
    }

    /// The probability that a variable of Kolmogorov's limiting distribution exceeds `x`, by the series that converges
    /// fast (Feller, Annals of Mathematical Statistics 19, 1948).
    static func kolmogorovTail(_ x: Double) -> Double {
        guard x > 0.04 else { return 1 }
        if x < 1.18 {
            let terms = (1...5).map { k -> Double in
                let odd = Double(2 * k - 1)
                return exp(-odd * odd * .pi * .pi / (8 * x * x))
            }
            return 1 - (2 * .pi).squareRoot() / x * terms.reduce(0, +)
        }
        let terms = (1...10).map { k in (k % 2 == 1 ? 2.0 : -2.0) * exp(-2 * Double(k * k) * x * x) }
        return min(1, max(0, terms.reduce(0, +)))
    }
}

extension Histogram {
    /// The variance of the samples in square microseconds, each taken as its bucket's greatest value; nil while empty.
    var varianceMicros: Double? {
        guard let mean = meanMicros else { return nil }
        let squares = buckets.reduce(0.0) { sum, bucket in
            let distance = Double(Self.greatestValue(of: bucket.index)) - mean
            return sum + Double(bucket.count) * distance * distance
        }
        return squares / Double(count)
    }
}
