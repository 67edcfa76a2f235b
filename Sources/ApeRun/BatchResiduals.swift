import Glibc

/// By how much the sums of a stage's batches miss what the mean makes of their counts: what the mean's error is told by.
struct BatchResiduals {
    /// The residuals less their mean, in order of time.
    private let values: [Double]
    private let squares: Double

    init(_ batches: [Batch], mean: Double) {
        let residuals = batches.map { $0.sum - mean * $0.count }
        let centre = residuals.reduce(0, +) / Double(residuals.count)
        values = residuals.map { $0 - centre }
        squares = values.reduce(0) { $0 + $1 * $1 }
    }

    var count: Int { values.count }

    /// The variance of the residuals' sum if they are uncorrelated.
    var variance: Double {
        let number = Double(count)
        return number / (number - 1) * squares
    }

    /// Whether neighbours resemble each other, by von Neumann's ratio (Annals of Mathematical Statistics 12, 1941) in its
    /// normal approximation.
    ///
    /// The level is 20 %, as in Skart: to take uncorrelated batches for correlated costs a slightly wider interval, and the
    /// other error costs its truth. Fewer than three batches have no ratio.
    var areCorrelated: Bool {
        guard count >= 3, squares > 0 else { return false }
        let differences = zip(values.dropFirst(), values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let number = Double(count)
        let statistic = (1 - differences / (2 * squares)) * ((number * number - 1) / (number - 2)).squareRoot()
        return statistic > Self.normalQuantile
    }

    /// The standard normal distribution's quantile of 0.8.
    private static let normalQuantile = 0.8416212335729143

    /// The correlation of neighbours, from 0 to 0.7: beyond that its estimate is worth nothing.
    ///
    /// Few batches show less of it than there is, by (1 + 3 x correlation) / number (Marriott and Pope, Biometrika 41,
    /// 1954), which is given back.
    private var correlation: Double {
        guard squares > 0 else { return 0 }
        let seen = zip(values.dropFirst(), values).reduce(0) { $0 + $1.0 * $1.1 } / squares
        return min(max(0, seen + (1 + 3 * max(0, seen)) / Double(count)), 0.7)
    }

    /// The factor on ``variance`` for the correlation of neighbours, that of a first-order autoregressive process.
    var inflation: Double { (1 + correlation) / (1 - correlation) }

    /// The skewness of the residuals' sum, if they are uncorrelated.
    var skewness: Double {
        guard count >= 3, squares > 0 else { return 0 }
        let number = Double(count)
        let cubes = values.reduce(0) { $0 + $1 * $1 * $1 }
        let ofOne = number / ((number - 1) * (number - 2)) * cubes / pow(squares / (number - 1), 1.5)
        return ofOne / number.squareRoot()
    }
}
