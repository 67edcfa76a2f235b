/// Numbers for people, the same on every machine.
package enum Decimals {
    /// `value` with a fixed number of decimal places, rounded half away from zero; `-` when it is not finite.
    package static func text(_ value: Double, places: Int) -> String {
        let scale = (0..<max(0, places)).reduce(1.0) { product, _ in product * 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled.isFinite, scaled < 9e18 else { return "-" }
        let digits = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + padded }
        return sign + padded.dropLast(places) + "." + padded.suffix(places)
    }
}
