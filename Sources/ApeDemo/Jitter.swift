import ApeCore
import Glibc

/// Latencies that scatter around a mean as those of real servers do: log-normal, seeded, bounded.
///
/// With Z standard normal (Box and Muller, 1958), mean * exp(sigma * Z - sigma^2 / 2) has exactly that mean.
enum Jitter {
    /// The scatter: with 0.25 one latency in twenty is more than 1.5 times its mean.
    static let sigma = 0.25
    /// No latency is longer than this many means.
    static let maximumFactor = 4.0

    /// One latency around `meanMicros`.
    static func micros(mean meanMicros: Int64, _ random: inout SeededRandom) -> Int64 {
        guard meanMicros > 0 else { return 0 }
        let radius = (-2 * log(1 - random.unit())).squareRoot()
        let normal = radius * cos(2 * .pi * random.unit())
        let factor = exp(sigma * normal - sigma * sigma / 2)
        return Int64(Double(meanMicros) * min(factor, maximumFactor))
    }
}
