import ApeCore
import ApeMetrics

/// Figures in sentences and tables.
package enum FigureText {
    package static func seconds(_ value: Double) -> String { Decimals.text(value, places: 3) + " s" }

    /// Microseconds in seconds; `-` where nothing was measured.
    package static func seconds(micros: Double?) -> String { micros.map { seconds($0 / 1_000_000) } ?? "-" }

    /// Microseconds in milliseconds, for what is mostly shorter than a second; `-` where nothing was measured.
    package static func milliseconds(micros: Double?) -> String {
        micros.map { Decimals.text($0 / 1_000, places: 2) + " ms" } ?? "-"
    }

    package static func percent(_ share: Double) -> String {
        Decimals.text(100 * share, places: share < 0.1 ? 1 : 0) + " %"
    }

    /// An amount of money without its currency: two places from 1 on, below that three digits that count.
    package static func cost(_ amount: Double) -> String {
        var places = 2
        var least = 1.0
        while amount > 0, amount < least, places < 8 { (places, least) = (places + 1, least / 10) }
        return Decimals.text(amount, places: places)
    }

    package static func rate(_ interval: Interval?) -> String {
        guard let interval else { return "" }
        return " (95 %: \(Decimals.text(100 * interval.low, places: 1)) .. "
            + "\(Decimals.text(100 * interval.high, places: 1)) %)"
    }
}
