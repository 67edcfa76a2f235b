import ApeRun

/// How far two figures rise together, whatever the shape of their relation: Spearman's rank correlation, equal values
/// sharing the mean of their ranks.
struct RankCorrelation {
    /// -1 to 1; 0 where one of the figures never changes.
    let value: Double
    private let count: Int

    /// Takes as many values of the one as of the other.
    init(_ left: [Double], _ right: [Double]) {
        count = min(left.count, right.count)
        let (left, right) = (Self.ranks(left), Self.ranks(right))
        let mean = Double(count + 1) / 2
        var (both, first, second) = (0.0, 0.0, 0.0)
        for (one, other) in zip(left, right) {
            both += (one - mean) * (other - mean)
            first += (one - mean) * (one - mean)
            second += (other - mean) * (other - mean)
        }
        value = first > 0 && second > 0 ? both / (first * second).squareRoot() : 0
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            start = end
        }
        return ranks
    }

    /// Whether both rise, and chance brings as much in fewer cases than `odds` (by Student's t, one tail).
    func isRise(atLeast least: Double, odds: Double) -> Bool {
        guard count > 2, value >= least else { return false }
        guard value < 1 else { return true }
        let degrees = Double(count - 2)
        let t = value * (degrees / (1 - value * value)).squareRoot()
        return StudentT.incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2 < odds
    }
}
