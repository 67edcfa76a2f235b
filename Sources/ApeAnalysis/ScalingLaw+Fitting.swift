import ApeMetrics
import ApeRun

extension ScalingLaw {
    private static let maximumSteps = 500

    /// What least squares found.
    struct Fit {
        /// λ, σ, κ.
        var parameters: [Double]
        /// The sum of squared residuals.
        var residual: Double
        /// The parameters' covariance; nil where the data does not tell them apart.
        var covariance: [[Double]]?
    }

    /// Fits the law by non-linear least squares with no parameter below 0: the method of Levenberg and Marquardt
    /// (Marquardt, SIAM Journal on Applied Mathematics 11, 1963), in which a parameter at 0 stands still while the sum
    /// of squares wants it negative. The covariance is s²(JᵀJ)⁻¹, with s² the residual sum of squares over n − 3.
    static func fit(_ points: [Point]) -> Fit {
        var parameters = start(points)
        var residual = squares(points, parameters)
        var damping = 1e-3
        for _ in 0..<maximumSteps where damping < 1e12 {
            let (matrix, gradient) = normalEquations(points, parameters)
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
            let squares = squares(points, trial)
            guard squares < residual else {
                damping *= 10
                continue
            }
            (parameters, residual) = (trial, squares)
            damping = max(damping / 10, 1e-12)
        }
        return Fit(
            parameters: parameters,
            residual: residual,
            covariance: covariance(points, parameters, residual)
        )
    }

    /// The law is linear in N / X = 1/λ + σ/λ (N − 1) + κ/λ N(N − 1): ordinary least squares on that start the search.
    private static func start(_ points: [Point]) -> [Double] {
        let best = points.map { $0.throughput / $0.agents }.max() ?? 1
        var matrix = [[Double]](repeating: [0, 0, 0], count: 3)
        var right = [0.0, 0, 0]
        for point in points where point.throughput > 0 {
            let terms = [1, point.agents - 1, point.agents * (point.agents - 1)]
            for row in 0..<3 {
                right[row] += terms[row] * point.agents / point.throughput
                for column in 0..<3 { matrix[row][column] += terms[row] * terms[column] }
            }
        }
        guard let found = LinearSystem.solution(matrix, right), found[0] > 0 else { return [best, 0.01, 1e-6] }
        return [1 / found[0], max(0, found[1] / found[0]), max(0, found[2] / found[0])]
    }

    static func squares(_ points: [Point], _ parameters: [Double]) -> Double {
        points.reduce(0) {
            let law = throughput(atAgents: $1.agents, parameters[0], parameters[1], parameters[2])
            return $0 + ($1.throughput - law) * ($1.throughput - law)
        }
    }

    /// JᵀJ and Jᵀr.
    private static func normalEquations(_ points: [Point], _ parameters: [Double]) -> ([[Double]], [Double]) {
        var matrix = [[Double]](repeating: [0, 0, 0], count: 3)
        var gradient = [0.0, 0, 0]
        for point in points {
            let n = point.agents
            let divisor = 1 + parameters[1] * (n - 1) + parameters[2] * n * (n - 1)
            let common = -parameters[0] * n / (divisor * divisor)
            let slopes = [n / divisor, common * (n - 1), common * n * (n - 1)]
            let residual = point.throughput - parameters[0] * n / divisor
            for row in 0..<3 {
                gradient[row] += slopes[row] * residual
                for column in 0..<3 { matrix[row][column] += slopes[row] * slopes[column] }
            }
        }
        return (matrix, gradient)
    }

    private static func covariance(_ points: [Point], _ parameters: [Double], _ residual: Double) -> [[Double]]? {
        guard points.count > 3 else { return nil }
        let (matrix, _) = normalEquations(points, parameters)
        let variance = residual / Double(points.count - 3)
        var rows: [[Double]] = []
        for index in 0..<3 {
            let unit = (0..<3).map { $0 == index ? 1.0 : 0 }
            guard let row = LinearSystem.solution(matrix, unit) else { return nil }
            rows.append(row.map { $0 * variance })
        }
        return rows
    }
}

/// Small symmetric positive definite systems.
enum LinearSystem {
    /// The x of `matrix` · x = `right`, by Cholesky's factors of the matrix scaled to a diagonal of ones; nil where it is
    /// singular to working precision.
    static func solution(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
        let size = right.count
        let scales = (0..<size).map { matrix[$0][$0].squareRoot() }
        guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        var lower = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
        var solution = [Double](repeating: 0, count: size)
        for row in 0..<size {
            for column in 0...row {
                var sum = matrix[row][column] / (scales[row] * scales[column])
                for k in 0..<column { sum -= lower[row][k] * lower[column][k] }
                if row == column {
                    guard sum > 1e-13 else { return nil }
                    lower[row][row] = sum.squareRoot()
                } else {
                    lower[row][column] = sum / lower[column][column]
                }
            }
            let known = (0..<row).reduce(0) { $0 + lower[row][$1] * solution[$1] }
            solution[row] = (right[row] / scales[row] - known) / lower[row][row]
        }
        for row in (0..<size).reversed() {
            let known = (row + 1..<size).reduce(0) { $0 + lower[$1][row] * solution[$1] }
            solution[row] = (solution[row] - known) / lower[row][row]
        }
        return (0..<size).map { solution[$0] / scales[$0] }
    }
}
