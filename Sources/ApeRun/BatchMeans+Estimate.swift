import ApeCore
import Glibc

extension BatchMeans {
    /// A mean with what its error is made of.
    package struct Estimate: Sendable, Equatable {
        package var mean: Double
        /// Of each stratum its part of the error.
        package var parts: [Part]

        package init(mean: Double, parts: [Part]) {
            self.mean = mean
            self.parts = parts
        }

        package var variance: Double { parts.reduce(0) { $0 + $1.variance } }

        /// How many batches the interval rests on.
        var batches: Int { parts.reduce(0) { $0 + $1.batches } }

        /// What one stratum adds to the mean's error.
        package struct Part: Sendable, Equatable {
            package var variance: Double
            package var degrees: Double
            /// Of the stratum's error; 0 for one that is as likely above as below.
            package var skewness: Double
            /// The length of a batch.
            package var batchSeconds: Int
            /// Neighbours still resembled each other when there were too few to grow further.
            package var isCorrelated: Bool

            package init(
                variance: Double,
                degrees: Double,
                skewness: Double = 0,
                batchSeconds: Int = 1,
                isCorrelated: Bool = false
            ) {
                self.variance = variance
                self.degrees = degrees
                self.skewness = skewness
                self.batchSeconds = batchSeconds
                self.isCorrelated = isCorrelated
            }

            var batches: Int { Int(saturating: min(degrees, Double(Int32.max))) + 1 }
        }
    }
}

extension BatchMeans.Estimate.Part {
    /// The part of a stratum whose total count is 1, of batches as they are.
    init(_ residuals: BatchResiduals) {
        self.init(variance: residuals.variance, degrees: Double(residuals.count - 1))
    }

    /// The part of a stratum whose total count is 1, of batches that grow until neighbours are uncorrelated.
    ///
    /// Correlation that the test could not see, or that is left where batches cannot grow, is estimated and widens the part
    /// (Skart's adjustment). So that no lucky length decides, the next greater length is tried too, and the wider counts.
    ///
    /// - Parameters:
    ///   - batches: stretches of equal length, all with samples.
    ///   - mean: of all strata.
    ///   - batchSeconds: the stretches' length.
    init(growing batches: [Batch], mean: Double, batchSeconds: Int) {
        let first = min(batches.count, BatchMeans.mostBatches)
        let numbers = Self.growth.map { first / $0 }.filter { $0 == first || $0 >= BatchMeans.leastBatches }
        var chosen: Self?
        for number in numbers {
            let residuals = BatchResiduals(batches.merged(into: number), mean: mean)
            var part = Self(residuals)
            part.variance *= residuals.inflation
            part.skewness = residuals.skewness
            part.batchSeconds = batchSeconds * ((batches.count + number / 2) / number)
            part.isCorrelated = residuals.areCorrelated
            if let found = chosen, !found.isCorrelated {
                if part.halfWidth > found.halfWidth {
                    part.isCorrelated = false
                    chosen = part
                }
                break
            }
            chosen = part
        }
        self = chosen ?? Self(variance: 0, degrees: 1)
    }

    /// How many of the first batches become one, in turn.
    private static let growth = [1, 2, 3, 4, 6]

    private var halfWidth: Double { Self.quantiles[batches - 2] * variance.squareRoot() }

    /// Student's quantiles of 0.975, for one degree of freedom and more.
    private static let quantiles = (1..<BatchMeans.mostBatches).map { degrees in
        StudentT.quantile(degrees: Double(degrees), tails: 0.05)
    }
}

extension BatchMeans.Estimate {
    /// The mean's interval, at 95 % unless another `error` is given, 0.05 or 0.01. What is averaged is never below 0, so
    /// neither is the interval.
    ///
    /// Where the error is skewed, the side on which it is greater is as wide as Willink's interval (Communications in
    /// Statistics, Theory and Methods 34, 2005). The other side is not narrowed: few batches tell skewness badly.
    func interval(error: Double = 0.05) -> Interval {
        let squares = parts.reduce(0) { $0 + $1.variance * $1.variance / $1.degrees }
        guard variance > 0, squares > 0 else { return Interval(low: mean, high: mean) }
        let t = StudentT.quantile(degrees: variance * variance / squares, tails: error)
        let deviation = variance.squareRoot()
        return Interval(
            low: max(0, mean - max(t, unskewed(t)) * deviation),
            high: mean + max(t, -unskewed(-t)) * deviation
        )
    }

    /// Willink's transformation of Student's t.
    private func unskewed(_ t: Double) -> Double {
        let thirdMoment = parts.reduce(0) { $0 + $1.skewness * pow($1.variance, 1.5) }
        let slant = thirdMoment / pow(variance, 1.5) / 6
        // It tends to t where there is no skewness.
        return abs(slant) < 0.001 ? t : (cbrt(1 + 6 * slant * (t - slant)) - 1) / (2 * slant)
    }

    /// An interval that is narrower than this share of its mean on both sides is not called too short: whatever its
    /// truth, the value is known well enough.
    private static let matteringWidth = 0.01

    /// Why the interval cannot be trusted, in a sentence; nil where it can.
    var shortfall: String? {
        let interval = interval()
        guard max(interval.high - mean, mean - interval.low) > Self.matteringWidth * mean else { return nil }
        if let longest = parts.filter(\.isCorrelated).map(\.batchSeconds).max() {
            return "Too short for a sure interval: neighbouring stretches of \(longest) s still resemble each other."
        }
        guard let fewest = parts.map(\.batches).min(), fewest < BatchMeans.leastBatches else { return nil }
        return "Too short for a sure interval: it rests on \(fewest) stretches of time."
    }
}
