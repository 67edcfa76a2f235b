import ApeMetrics

extension CurveFit {
    private static let maximumSteps = 500

    /// Fits contention, with or without coherency, with no parameter below 0: the method of Levenberg and Marquardt
    /// (Marquardt, SIAM Journal on Applied Mathematics 11, 1963), in which a parameter at 0 stands still while the sum
    /// of squares wants it negative.
    static func contention(_ curve: ThroughputCurve, _ points: [ScalingPoint]) -> [Double] {
        var parameters = start(curve, points)
        var residual = squares(curve, parameters, points)
        var damping = 1e-3
        for _ in 0..<maximumSteps where damping < 1e12 {
            let (matrix, gradient) = normalEquations(curve, parameters, points)
            let free = parameters.indices.filter { parameters[$0] > 0 || gradient[$0] > 0 }
            let damped = free.map { row in
                free.map { matrix[row][$0] * (row == $0 ? 1 + damping : 1) }
            }
            guard let step = LinearSystem.solution(damped, free.map { gradient[$0] }) else {
                damping *= 10
                continue
            }
            var trial = parameters
            for (index, change) in zip(free, step) { trial[index] = max(0, trial[index] + change) }
            let squares = squares(curve, trial, points)
            guard squares < residual else {
                damping *= 10
                continue
            }
            (parameters, residual) = (trial, squares)
            damping = max(damping / 10, 1e-12)
        }
        return parameters
    }

    /// The law is linear in N / X = 1/λ + σ/λ (N − 1) + κ/λ N(N − 1): linear least squares on that start the search.
    private static func start(_ curve: ThroughputCurve, _ points: [ScalingPoint]) -> [Double] {
        let size = curve.parameters
        let best = points.map { $0.throughput / $0.agents }.max() ?? 1
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
        var right = [Double](repeating: 0, count: size)
        for point in points {
            let rate = point.throughput / point.agents
            let terms = [rate, rate * (point.agents - 1), rate * point.agents * (point.agents - 1)]
            for row in 0..<size {
                right[row] += terms[row]
                for column in 0..<size { matrix[row][column] += terms[row] * terms[column] }
            }
        }
        guard let found = LinearSystem.solution(matrix, right), found[0] > 0 else {
            return Array([best, 0.01, 1e-6].prefix(size))
        }
        return [1 / found[0]] + found.dropFirst().map { max(0, $0 / found[0]) }
    }
}
