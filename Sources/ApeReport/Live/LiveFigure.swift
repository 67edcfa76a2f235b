import ApeCore
import ApeRun

/// Figures of a dashboard: as wide from moment to moment, whatever they are.
enum LiveFigure {
    /// What stands where nothing was measured.
    static let none = "-"

    /// Seconds in at most seven cells with their unit; a dash for nothing.
    static func seconds(_ value: Double?) -> String {
        guard let value else { return none }
        if value < 9.9995 { return Decimals.text(value, places: 3) + " s" }
        if value < 99.995 { return Decimals.text(value, places: 2) + " s" }
        if value < 999.95 { return Decimals.text(value, places: 1) + " s" }
        return value < 99_999 ? Decimals.text(value, places: 0) + " s" : ">99999s"
    }

    /// A number of things in at most five cells: `12345`, `1234k`, `99.9M`.
    static func count(_ number: Int64) -> String {
        guard number >= 100_000 else { return "\(max(0, number))" }
        var (value, unit) = (Double(number), "")
        for next in ["k", "M", "G", "T", "P", "E"] where value >= 1_000 { (value, unit) = (value / 1_000, next) }
        return Decimals.text(value, places: value < 99.95 ? 1 : 0) + unit
    }

    /// Seconds as a clock: `0:25`, `32:00`, `1:02:03`, `12 days`.
    static func clock(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        guard hours < 100 else { return (hours / 24).counting("day") }
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }

    static func percent(_ value: Double?) -> String {
        value.map { Decimals.text(min($0, 9_999), places: $0 < 99.95 ? 1 : 0) + " %" } ?? none
    }

    /// Milliseconds in at most eight cells with their unit.
    static func lag(_ seconds: Double?) -> String {
        guard let seconds else { return none }
        guard seconds < 9.9995 else { return Self.seconds(seconds) }
        return Decimals.text(1_000 * seconds, places: seconds < 0.1 ? 1 : 0) + " ms"
    }

    /// Texts of figures have a cell for each character.
    static func padded(_ text: String, _ cells: Int) -> String {
        String(repeating: " ", count: max(0, cells - text.count)) + text
    }

    static func bar(_ share: Double, cells: Int) -> String {
        let full = min(cells, Int(saturating: share * Double(cells)))
        return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    }

    /// The latest values as a line of signs that ends at the right.
    static func sparkline(_ values: [Double?], cells: Int) -> String {
        guard cells > 0 else { return "" }
        let signs = String(Sparkline.signs(Array(values.suffix(cells))))
        return padded(signs, cells)
    }

    static func sign(_ status: Verdict.Status) -> String {
        switch status {
        case .pass: "✓"
        case .fail: "✗"
        case .inconclusive: "?"
        case .notExercised: "-"
        }
    }

    static func style(_ status: Verdict.Status?) -> TerminalStyle? {
        switch status {
        case .pass?: .green
        case .fail?: .red
        case .inconclusive?: .yellow
        case .notExercised?, nil: .faint
        }
    }

    /// A status in four cells.
    static func word(_ status: Verdict.Status?) -> String {
        switch status {
        case .pass?: "PASS"
        case .fail?: "FAIL"
        case .inconclusive?: "OPEN"
        case .notExercised?, nil: none
        }
    }
}
