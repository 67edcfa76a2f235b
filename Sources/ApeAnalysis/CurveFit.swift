import ApeMetrics
import ApeRun
import Glibc

/// A curve fitted to the stages by least squares of relative differences, (X − law) / X.
///
/// Throughputs of a run differ by powers of ten and their errors grow with them, so that equal shares, not equal
/// amounts, are equally likely.
struct CurveFit: Sendable, Equatable {
    let curve: ThroughputCurve
    let parameters: [Double]
    /// The sum of squared relative differences.
    let squares: Double
    /// Of the parameters, s²(JᵀJ)⁻¹; nil where the stages do not tell them apart. A parameter that no stage depends on
    /// has none.
    let covariance: [[Double]]?
    /// Stages beyond the number of parameters.
    let degrees: Int

    /// No stage is taken to be measured more truly than this, one standard deviation as a share of its throughput.
    static let leastError = 0.005

    init(_ curve: ThroughputCurve, _ parameters: [Double], _ points: [ScalingPoint]) {
        self.curve = curve
        self.parameters = parameters
        squares = Self.squares(curve, parameters, points)
        degrees = points.count - curve.parameters
        covariance = Self.covariance(curve, parameters, points, squares)
    }

    /// The best fit of a curve.
    init(_ curve: ThroughputCurve, to points: [ScalingPoint]) {
        let parameters =
            switch curve {
            case .proportional: [Self.scale(points) { $0 }]
            case .contention, .coherency: Self.contention(curve, points)
            case .queueBound, .queue, .roundedQueue: Self.queue(curve, points)
            }
        self.init(curve, parameters, points)
    }

    func throughput(atAgents agents: Double) -> Double { curve.throughput(atAgents: agents, parameters) }

    /// Akaike's criterion with the correction for few points (Hurvich and Tsai, Biometrika 76, 1989), in which the
    /// curve's parameters count and the variance, which every curve has, does not; the less the better. Infinite where
    /// the points are too few for so many parameters.
    var criterion: Double {
        let (n, p) = (Double(degrees + curve.parameters), Double(curve.parameters))
        guard n - p - 1 > 0 else { return .infinity }
        let variance = max(squares / n, Self.leastError * Self.leastError)
        return n * log(variance) + 2 * p + 2 * p * (p + 1) / (n - p - 1)
    }

    /// The 95 % interval of a parameter of contention: value ± t · error, cut at 0.
    func interval(ofParameter index: Int) -> Interval {
        let value = parameters[index]
        guard let covariance else { return Interval(low: 0, high: .infinity) }
        let half = quantile * max(0, covariance[index][index]).squareRoot()
        return Interval(low: max(0, value - half), high: value + half)
    }

    /// The 95 % interval of a positive figure that follows from the parameters: by the delta method on its logarithm,
    /// from its derivatives by the parameters.
    func interval(of value: Double, slopes: [Double]) -> Interval {
        guard value > 0, let error = error(slopes) else { return Interval(low: 0, high: .infinity) }
        let factor = exp(quantile * error / value)
        return Interval(low: value / factor, high: value * factor)
    }

    /// The 95 % interval of throughput.
    func interval(atAgents agents: Double) -> Interval {
        interval(of: throughput(atAgents: agents), slopes: curve.slopes(atAgents: agents, parameters))
    }

    /// The standard error of a figure with these derivatives; nil where the stages do not tell.
    func error(_ slopes: [Double]) -> Double? {
        covariance.map { rows in
            let variance = zip(slopes, rows).reduce(0) { sum, row in
                sum + row.0 * zip(slopes, row.1).reduce(0) { $0 + $1.0 * $1.1 }
            }
            return max(0, variance).squareRoot()
        }
    }

    var quantile: Double { StudentT.quantile(degrees: Double(max(1, degrees)), tails: 0.05) }

    static func squares(
        _ curve: ThroughputCurve,
        _ parameters: [Double],
        _ points: [ScalingPoint]
    ) -> Double {
        points.reduce(0) {
            let difference = 1 - curve.throughput(atAgents: $1.agents, parameters) / $1.throughput
            return $0 + difference * difference
        }
    }

    /// The factor by which a shape comes closest to the points.
    static func scale(_ points: [ScalingPoint], _ shape: (Double) -> Double) -> Double {
        var (sum, squares) = (0.0, 0.0)
        for point in points {
            let share = shape(point.agents) / point.throughput
            sum += share
            squares += share * share
        }
        return squares > 0 ? sum / squares : 0
    }

    /// JᵀJ and Jᵀr of the relative differences.
    static func normalEquations(
        _ curve: ThroughputCurve,
        _ parameters: [Double],
        _ points: [ScalingPoint]
    ) -> (matrix: [[Double]], gradient: [Double]) {
        let size = parameters.count
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
        var gradient = [Double](repeating: 0, count: size)
        for point in points {
            let slopes = curve.slopes(atAgents: point.agents, parameters).map { $0 / point.throughput }
            let residual = 1 - curve.throughput(atAgents: point.agents, parameters) / point.throughput
            for row in 0..<size {
                gradient[row] += slopes[row] * residual
                for column in 0..<size { matrix[row][column] += slopes[row] * slopes[column] }
            }
        }
        return (matrix, gradient)
    }

    private static func covariance(
        _ curve: ThroughputCurve,
        _ parameters: [Double],
        _ points: [ScalingPoint],
        _ squares: Double
    ) -> [[Double]]? {
        let size = parameters.count
        guard points.count > size else { return nil }
        let matrix = normalEquations(curve, parameters, points).matrix
        let variance = max(squares / Double(points.count - size), leastError * leastError)
        let free = (0..<size).filter { matrix[$0][$0] > 0 }
        let reduced = free.map { row in free.map { matrix[row][$0] } }
        var covariance = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
        for (position, index) in free.enumerated() {
            let unit = free.map { $0 == index ? 1.0 : 0 }
            guard let row = LinearSystem.solution(reduced, unit) else { return nil }
            for (place, value) in zip(free, row) { covariance[free[position]][place] = value * variance }
        }
        return covariance
    }
}
