/// The natural logarithm by operations that IEEE 754 fixes to the last bit: what a C library makes of it may differ from
/// host to host, and arrivals must not.
enum NaturalLogarithm {
    private static let ln2 = 0.693_147_180_559_945_3
    /// With the argument between the square roots of 1/2 and 2, enough terms for a double.
    private static let terms = 12

    /// Of a positive, finite number.
    static func of(_ number: Double) -> Double {
        var (significand, exponent) = (number.significand, Double(number.exponent))
        if significand > 1.414_213_562_373_095_1 {
            significand /= 2
            exponent += 1
        }
        // ln m = 2 artanh z, with z = (m - 1) / (m + 1).
        let z = (significand - 1) / (significand + 1)
        let square = z * z
        let sum = (0...terms).reversed().reduce(0.0) { $0 * square + 1 / Double(2 * $1 + 1) }
        return exponent * ln2 + 2 * z * sum
    }
}
