import ApeCore
import Glibc

/// Random latencies around a mean, distributed as those of real servers are: log-normal, seeded, bounded.
///
/// With Z standard normal (Box and Muller, 1958), mean * exp(sigma * Z - sigma^2 / 2) has exactly that mean.
enum Jitter {
    /// The standard deviation of the logarithm. At 0.25 one latency in twenty exceeds 1.5 times the mean.
    static let sigma = 0.25
    /// The longest latency, as a multiple of the mean.
    static let maximumFactor = 4.0

    /// Draws one latency whose mean is `meanMicros`.
    static func micros(mean meanMicros: Int64, _ random: inout SeededRandom) -> Int64 {
        guard meanMicros > 0 else { return 0 }
        let radius = (-2 * log(1 - random.unit())).squareRoot()
        let normal = radius * cos(2 * .pi * random.unit())
        let factor = exp(sigma * normal - sigma * sigma / 2)
        return Int64(Double(meanMicros) * min(factor, maximumFactor))
    }
}
