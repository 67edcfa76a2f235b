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
