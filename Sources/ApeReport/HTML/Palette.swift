/// The report's colours. On each ground every text has a contrast of at least 4.5 to 1 and every line and area of a
/// chart at least 3 to 1 (WCAG 2.2, success criteria 1.4.3 and 1.4.11).
struct Palette: Sendable {
    var name: String
    var ground: String
    var surface: String
    var text: String
    var muted: String
    var border: String
    /// Names, text and background of the four statuses.
    var statuses: [(name: String, text: String, ground: String)]
    /// Lines and areas of charts, in the order in which they are used.
    var series: [String]

    /// How many colours a chart has.
    static let seriesCount = 6

    static let light = Palette(
        name: "light",
        ground: "#ffffff",
        surface: "#f5f7fa",
        text: "#1b2330",
        muted: "#525d6e",
        border: "#d6dce5",
        statuses: [
            ("pass", "#0f5f33", "#e2f4e9"), ("fail", "#a31b15", "#fde9e7"), ("inconclusive", "#734a00", "#fdf1da"),
            ("not-exercised", "#46505f", "#e9edf2"),
        ],
        series: ["#1f5fc4", "#b4530a", "#0f766e", "#7438c9", "#b0286a", "#667080"]
    )

    static let dark = Palette(
        name: "dark",
        ground: "#11151c",
        surface: "#1a2029",
        text: "#e7eaf0",
        muted: "#a4aebe",
        border: "#333c4a",
        statuses: [
            ("pass", "#79d8a0", "#15301f"), ("fail", "#ffa198", "#3d1a18"), ("inconclusive", "#f2c46c", "#35280f"),
            ("not-exercised", "#bac3d1", "#272e39"),
        ],
        series: ["#7db0ff", "#f2a65a", "#4fd1c0", "#b99cff", "#f58ab5", "#98a2b3"]
    )

    /// The colours as custom properties.
    var css: String {
        var lines = [
            "--ground:\(ground)", "--surface:\(surface)", "--text:\(text)", "--muted:\(muted)", "--border:\(border)",
        ]
        for status in statuses {
            lines += ["--\(status.name):\(status.text)", "--\(status.name)-ground:\(status.ground)"]
        }
        for (index, colour) in series.enumerated() { lines.append("--s\(index + 1):\(colour)") }
        return lines.joined(separator: ";")
    }
}
