import ApeCore
import ApeMetrics

/// Figures in sentences and tables.
package enum FigureText {
    package static func seconds(_ value: Double) -> String { Decimals.text(value, places: 3) + " s" }

    /// Microseconds in seconds; `-` where nothing was measured.
    package static func seconds(micros: Double?) -> String { micros.map { seconds($0 / 1_000_000) } ?? "-" }

    package static func percent(_ share: Double) -> String {
        Decimals.text(100 * share, places: share < 0.1 ? 1 : 0) + " %"
    }

    package static func rate(_ interval: Interval?) -> String {
        guard let interval else { return "" }
        return " (95 %: \(Decimals.text(100 * interval.low, places: 1)) .. "
            + "\(Decimals.text(100 * interval.high, places: 1)) %)"
    }
}
