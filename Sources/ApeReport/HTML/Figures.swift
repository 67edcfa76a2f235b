import ApeCore
import ApeMetrics
import ApeRun

/// Figures as the report shows them.
enum Figures {
    static func number(_ value: Double, places: Int = 0) -> String {
        Decimals.text(value, places: places)
    }

    /// Three digits or so, with the unit that fits.
    static func duration(_ micros: Double?) -> String {
        guard let micros else { return "–" }
        switch micros {
        case ..<1_000: return number(micros, places: 0) + " µs"
        case ..<10_000: return number(micros / 1_000, places: 2) + " ms"
        case ..<100_000: return number(micros / 1_000, places: 1) + " ms"
        case ..<1_000_000: return number(micros / 1_000, places: 0) + " ms"
        case ..<100_000_000: return number(micros / 1_000_000, places: 2) + " s"
        default: return number(micros / 1_000_000, places: 0) + " s"
        }
    }

    static func duration(_ micros: Int64?) -> String { duration(micros.map(Double.init)) }

    /// A moment of the run, counted from its beginning.
    static func moment(_ seconds: Double) -> String {
        let total = Int(saturating: seconds.rounded())
        let (minutes, rest) = (total / 60, total % 60)
        let padded = rest < 10 ? "0\(rest)" : "\(rest)"
        guard minutes >= 60 else { return "\(minutes):\(padded)" }
        return "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):\(padded)"
    }

    static func percent(_ share: Double?) -> String {
        share.map { number($0 * 100, places: 1) + " %" } ?? "–"
    }

    static func count(_ value: Int64) -> String {
        let digits = Array(String(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0, digits[index - 1] != "-" { text += "\u{202F}" }
            text.append(digit)
        }
        return text
    }
}
