import ApeMetrics

/// The truncation rule MSER-5: of the leading stretches that could be left out of a series, the one whose absence makes
/// the mean's estimated variance least.
///
/// White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69, 1997, over batches of
/// five observations (White, Cobb and Spratt, WSC 2000). The observations here are seconds, which differ in their number of
/// samples, so that the variance is the ratio estimator's, as in ``BatchMeans``: with equal counts it is the textbook's
/// statistic, the squared deviations' sum over the squared number of batches kept.
enum MSER5 {
    /// Seconds in a batch.
    static let batchSeconds = 5
    /// The statistic of fewer batches than these varies too much: the last ones are no candidates (Hoad, Robinson and
    /// Davies, "Automating warm-up length estimation", Journal of the Operational Research Society 61, 2010).
    static let leastKept = 5

    private static let rounding = 1e-12

    /// How many leading batches to leave out: at most `most`, and never one of the last five.
    static func truncation(_ batches: [Batch], atMost most: Int = .max) -> Int {
        var best = (batches: 0, statistic: Double.infinity)
        var (sum, count, sumSquares, products, countSquares) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for start in batches.indices.reversed() {
            let batch = batches[start]
            sum += batch.sum
            count += batch.count
            sumSquares += batch.sum * batch.sum
            products += batch.sum * batch.count
            countSquares += batch.count * batch.count
            guard start <= most, batches.count - start >= leastKept, count > 0 else { continue }
            let mean = sum / count
            let deviations = sumSquares - 2 * mean * products + mean * mean * countSquares
            // What is left of equal batches is rounding.
            let statistic = deviations < rounding * sumSquares ? 0 : deviations / (count * count)
            // Of equals the shortest.
            if statistic <= best.statistic { best = (start, statistic) }
        }
        return best.batches
    }
}
