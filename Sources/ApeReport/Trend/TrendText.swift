import ApeCore
import ApeMetrics
import ApeRun

/// A trend in a terminal: a row with a sparkline for each figure, and beneath them what changed, broke and is missing.
package struct TrendText: Sendable {
    /// Narrower terminals get lines of this length.
    static let leastWidth = 60
    /// A sparkline has at least so many signs, where there are as many runs.
    private static let leastSigns = 8
    /// Changes, breaks and gaps of which each is told.
    private static let maximumTold = 20

    private let trend: RunTrend
    private let width: Int
    private let isColoured: Bool

    package init(_ trend: RunTrend, width: Int = VerdictTable.defaultWidth, isColoured: Bool = false) {
        self.trend = trend
        self.width = max(width, Self.leastWidth)
        self.isColoured = isColoured
    }

    /// The whole text, ended by a newline.
    package var text: String {
        guard let first = trend.runs.first, let last = trend.runs.last else {
            return "There is no run of \(PlainText.line(trend.scenarioName)).\n"
        }
        let head =
            "Trend of \(trend.scenarioName): \(trend.runs.count.counting("run")) from \(Self.when(first)) to "
            + "\(Self.when(last)) UTC."
        let parts = [
            WrappedText.lines(head, width: width), rows, list("Changes", changes), list("Breaks", breaks),
            list("Gaps", gaps),
            WrappedText.lines(Self.method(of: trend), width: width, indent: ""),
        ]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var rows: [String] {
        guard !trend.lines.isEmpty else { return ["No run has any value."] }
        let titles = trend.lines.map { PlainText.line($0.title) }
        let latest = trend.lines.map(Self.latest)
        let demands = trend.lines.map(\.demand)
        func widest(_ title: String, _ texts: [String]) -> Int { max(title.count, texts.map(\.count).max() ?? 0) }
        let (right, demand) = (widest("Latest", latest), widest("Target", demands))
        let fixed = right + demand + 6
        let title = min(widest("Figure", titles), max(12, width - fixed - Self.leastSigns))
        let shown = shownRuns(in: max(Self.leastSigns, width - fixed - title))
        let signs = trend.lines.map { line in self.signs(line, shown) }
        let spark = max(4, signs.map(\.count).max() ?? 0)
        func padded(_ text: String, _ width: Int) -> String {
            let cut = text.count > width ? text.prefix(max(0, width - 1)) + "…" : text[...]
            return cut + String(repeating: " ", count: width - cut.count)
        }
        let head = [padded("Figure", title), padded("Runs", spark), padded("Latest", right), "Target"]
        let rule = [title, spark, right, demand].map { String(repeating: "─", count: $0) }
        let body = trend.lines.indices.map { index in
            let signs = signs[index]
            let drawn = signs.text + String(repeating: " ", count: spark - signs.count)
            return [padded(titles[index], title), drawn, padded(latest[index], right), demands[index]]
                .joined(separator: "  ")
        }
        let left = trend.runs.count - shown.count
        let note = left > 0 ? ["The \(shown.count) latest runs are drawn, \(left) earlier ones are not."] : []
        return [head.joined(separator: "  "), rule.joined(separator: "  ")] + body + note
    }

    /// The latest runs whose signs, with those of the breaks before them, fit.
    private func shownRuns(in signs: Int) -> Range<Int> {
        var (first, left) = (trend.runs.count, signs)
        while first > 0 {
            let needed = trend.runs[first - 1].breaks.isEmpty ? 1 : 2
            guard needed <= left else { break }
            (first, left) = (first - 1, left - needed)
        }
        return first..<trend.runs.count
    }

    private func signs(_ line: RunTrend.Line, _ shown: Range<Int>) -> (text: String, count: Int) {
        let signs = Sparkline.signs(shown.map { line.points[$0]?.value })
        var (text, count) = ("", 0)
        for (run, sign) in zip(shown, signs) {
            if run > shown.lowerBound, !trend.runs[run].breaks.isEmpty { (text, count) = (text + "│", count + 1) }
            switch line.points[run]?.change {
            case .better: text += painted(String(sign), .green)
            case .worse: text += painted(String(sign), .red)
            case nil: text.append(sign)
            }
            count += 1
        }
        return (text, count)
    }

    private func painted(_ text: String, _ style: TerminalStyle) -> String {
        isColoured ? style.around(text) : text
    }

    private static func latest(_ line: RunTrend.Line) -> String {
        guard let point = line.latest else { return "-" }
        let interval = point.interval.map { " (\(line.digits($0.low)) .. \(line.digits($0.high)))" } ?? ""
        return line.amount(point.value) + interval
    }

    private func list(_ title: String, _ items: [String]) -> [String] {
        guard !items.isEmpty else { return [] }
        let shown = items.suffix(Self.maximumTold).flatMap {
            WrappedText.lines($0, width: width - 2).map { "  \($0)" }
        }
        let left = items.count - Self.maximumTold
        return ["\(title):"] + (left > 0 ? ["  \(left) earlier ones"] : []) + shown
    }

    private var changes: [String] {
        trend.changes.map { run, line, point in
            let change = point.change?.rawValue.uppercased() ?? ""
            let style: TerminalStyle = point.change == .worse ? .red : .green
            return
                "\(Self.named(run)): \(PlainText.line(line.title)) \(Self.step(line, point)) \(painted(change, style))"
        }
    }

    /// From which value to which, and by how much.
    static func step(_ line: RunTrend.Line, _ point: RunTrend.Point) -> String {
        guard let base = point.base else { return line.amount(point.value) }
        let change = base == 0 ? "from 0" : signed(100 * (point.value - base) / abs(base)) + " %"
        return "\(line.amount(base)) -> \(line.amount(point.value)), \(change)"
    }

    private static func signed(_ percent: Double) -> String {
        (percent > 0 ? "+" : "") + Decimals.text(percent, places: 1)
    }

    private var breaks: [String] {
        trend.runs.filter { !$0.breaks.isEmpty }.map { "\(Self.named($0)): \($0.breaks.joined(separator: ", "))" }
    }

    private var gaps: [String] {
        trend.runs.compactMap { run in run.gap.map { "\(Self.named(run)): \($0)" } }
    }

    static func named(_ run: RunTrend.Run) -> String { "\(when(run)) UTC, run \(PlainText.line(run.id))" }

    static func when(_ run: RunTrend.Run) -> String {
        String(Timestamp.text(micros: run.startMicros).prefix(16)).replacing("T", with: " ")
    }

    /// How changes are told from chance.
    static func method(of trend: RunTrend) -> String {
        let relevant = Decimals.text(RunComparison.relevantChange * 100, places: 0)
        return
            "Changed is a value that differs from the one before it on its line by at least \(relevant) % and by more than "
            + "chance: at the 5 % level over all \(trend.tests.counting("comparison")) together (Holm's method). Nothing is "
            + "compared across a break. Values that are INCONCLUSIVE are shown and not compared."
    }
}
