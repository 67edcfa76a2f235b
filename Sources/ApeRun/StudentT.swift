import ApeMetrics
import Glibc

/// Student's t distribution.
package enum StudentT {
    /// The value that a t variable's size exceeds with probability `tails` of 0.01 or more, for `degrees` of freedom of at
    /// least 1: with 0.05 the quantile of 0.975.
    package static func quantile(degrees: Double, tails wanted: Double) -> Double {
        // P(|T| > t) = I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2), which falls as t rises.
        var low = 0.0
        var high = 63.66
        for _ in 0..<64 {
            let middle = (low + high) / 2
            let tails = incompleteBeta(degrees / (degrees + middle * middle), degrees / 2, 0.5)
            if tails > wanted { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The regularised incomplete beta function I_x(a, b), by the continued fraction of DLMF 8.17.22 evaluated with
    /// Lentz's method.
    package static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges fast on one side of the mean; the other side follows by symmetry.
        guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
        let logBeta = lgamma(a).0 + lgamma(b).0 - lgamma(a + b).0
        return exp(a * log(x) + b * log1p(-x) - logBeta) / a / continuedFraction(x, a, b)
    }

    private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        var value = 1.0
        var c = 1.0
        var d = 0.0
        for step in 1...1_000 {
            let m = Double(step / 2)
            let term =
                step % 2 == 0
                ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 + term * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = 1 + term / c
            c = abs(c) < tiny ? tiny : c
            value *= c * d
            if abs(c * d - 1) < 1e-15 { break }
        }
        return value
    }
}

/// Wilson's score interval for a share (Wilson, Journal of the American Statistical Association 22, 1927).
package enum WilsonScore {
    /// The 97.5 % quantile of the standard normal distribution.
    private static let z = 1.959963984540054

    /// The 95 % interval of `successes` out of `trials`, as shares between 0 and 1; nil without trials.
    package static func interval(successes: Int64, trials: Int64) -> Interval? {
        guard trials > 0, (0...trials).contains(successes) else { return nil }
        return interval(share: Double(successes) / Double(trials), trials: trials)
    }

    /// The same for a share of `trials` that no count gives, as that of seconds which weigh alike.
    static func interval(share: Double, trials: Int64) -> Interval? {
        guard trials > 0, (0...1).contains(share) else { return nil }
        let n = Double(trials)
        let scale = 1 + z * z / n
        let centre = (share + z * z / (2 * n)) / scale
        let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / scale
        return Interval(
            low: share == 0 ? 0 : max(0, centre - half),
            high: share == 1 ? 1 : min(1, centre + half)
        )
    }
}
