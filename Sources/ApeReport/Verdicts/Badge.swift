import ApeCore
import ApeMetrics
import ApeRun

/// The verdict as a badge in SVG, for a page such as a README. It loads nothing, and its words fit whatever font shows them.
struct Badge: Sendable {
    private static let height = 20.0
    /// On each side of a text.
    private static let margin = 6.0
    private static let fontSize = 11.0
    private static let label = "APE"

    private let report: RunReport

    init(_ report: RunReport) {
        self.report = report
    }

    /// What stands on the coloured side, such as `FAIL 5/6`: conditions that passed of those that the run exercised.
    var words: String {
        let rows = report.conditions.filter(\.isExercised)
        return "\(report.headline) \(rows.count { $0.status == .pass })/\(rows.count)"
    }

    /// The whole document.
    var text: String {
        let (left, right) = (Self.width(Self.label), Self.width(words))
        let (first, second) = (left + 2 * Self.margin, right + 2 * Self.margin)
        let title = "APE \(report.run.scenarioName): \(report.headline), passed \(report.passedText)"
        let svg: Markup = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(first + second)" height="\(Self.height)" role="img" \
            aria-label="\(title)"><title>\(title)</title>
            <clipPath id="r"><rect width="\(first + second)" height="\(Self.height)" rx="3" fill="#fff"/></clipPath>
            <g clip-path="url(#r)"><rect width="\(first)" height="\(Self.height)" fill="\(Self.labelColour)"/>
            <rect x="\(first)" width="\(second)" height="\(Self.height)" fill="\(Self.colour(report.headlineStatus))"/></g>
            <g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="\(Self.fontSize)">
            <text x="\(Self.margin)" y="14" textLength="\(left)" lengthAdjust="spacingAndGlyphs">\(Self.label)</text>
            <text x="\(first + Self.margin)" y="14" textLength="\(right)" lengthAdjust="spacingAndGlyphs">\(words)</text></g>
            </svg>

            """
        return svg.html
    }

    static let labelColour = "#444c56"

    /// Grounds on which white has a contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3).
    static func colour(_ status: Verdict.Status) -> String {
        switch status {
        case .pass: "#1a7535"
        case .fail: "#b3261e"
        case .inconclusive: "#8a5a00"
        case .notExercised: "#5a6472"
        }
    }

    /// How wide a text is, by the advances of DejaVu Sans, which Verdana shares to within a few percent.
    static func width(_ text: String) -> Double {
        (10 * text.unicodeScalars.reduce(0) { $0 + advance($1) } * fontSize / 2048).rounded() / 10
    }

    /// In the font's units, 2048 to its size.
    private static func advance(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "0"..."9": 1303
        case " ": 651
        case "/": 690
        case "I": 604
        case "A": 1401
        case "C": 1430
        case "D": 1577
        case "E": 1294
        case "F": 1178
        case "L": 1141
        case "N": 1532
        case "O": 1612
        case "P": 1235
        case "R": 1423
        case "S": 1300
        case "T": 1251
        case "U": 1499
        case "V": 1401
        default: 1500
        }
    }
}
