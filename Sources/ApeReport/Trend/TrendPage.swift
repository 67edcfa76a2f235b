import ApeCore
import ApeMetrics
import ApeRun

/// A trend as one HTML file that needs nothing beside itself: no network, no other file.
package struct TrendPage: Sendable {
    private let trend: RunTrend

    package init(_ trend: RunTrend) {
        self.trend = trend
    }

    /// The whole document.
    package var text: String {
        let title = "APE: trend of \(trend.scenarioName)"
        let page: Markup = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(HTMLReport.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="APE \(ApeVersion.text)">
            <title>\(title)</title>
            <style>\(Markup(stringLiteral: Stylesheet.text))\(Markup(stringLiteral: Self.style))</style></head>
            <body>
            <header>\(head)</header>
            <main>
            \(content)
            </main>
            <footer>\(foot)</footer>
            <script>\(Markup(stringLiteral: SortScript.text + SortScript.start))</script>
            </body></html>

            """
        return page.html
    }

    /// The scenario, and how many runs it had.
    var head: Markup { "<h1>Trend of \(trend.scenarioName)</h1><p class=\"muted\">\(span)</p>" }

    /// The charts, what changed, and the runs.
    var content: Markup { Markup(joining: [charts, changes, runs].filter { $0 != .empty }) }

    /// How changes are told from chance.
    var foot: Markup { "<p>\(TrendText.method(of: trend))</p>" }

    static let style = """
        .band{fill:var(--s1);opacity:.22}
        .span{stroke:var(--s1);stroke-width:3;opacity:.45;vector-effect:non-scaling-stroke}
        .break{stroke:var(--inconclusive);stroke-width:2;vector-effect:non-scaling-stroke}
        .dot.better{stroke:var(--pass)}.dot.worse{stroke:var(--fail)}.dot.open{stroke:var(--inconclusive)}
        .charts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr))}
        """

    private var span: String {
        guard let first = trend.runs.first, let last = trend.runs.last else { return "There is no run." }
        return "\(trend.runs.count.counting("run")) from \(TrendText.when(first)) to \(TrendText.when(last)) UTC."
    }

    private var charts: Markup {
        guard !trend.lines.isEmpty else { return "<p>No run has any value.</p>" }
        let charts = trend.lines.map { TrendChart(trend: trend, line: $0).markup }
        let words =
            "Shaded: 95 % intervals. Broken line: the target. Dots: runs that changed a figure (green better, red worse), or "
            + "left it INCONCLUSIVE (yellow). Upright lines: from there on runs are not comparable with those before."
        return """
            <section><h2>Figures</h2><p class="muted">\(words)</p>
            <div class="charts">\(Markup(joining: charts))</div></section>
            """
    }

    private var changes: Markup {
        let rows = trend.changes.map { run, line, point -> [HTMLTable.Cell] in
            let kind: Markup = point.change == .worse ? "fail" : "pass"
            let words = point.change?.rawValue.uppercased() ?? ""
            return [
                HTMLTable.Cell(TrendText.when(run)), HTMLTable.Cell(run.id), HTMLTable.Cell(line.title),
                HTMLTable.Cell(TrendText.step(line, point)),
                HTMLTable.Cell("<span class=\"chip \(kind)\">\(words)</span>" as Markup),
            ]
        }
        guard !rows.isEmpty else { return "<section><h2>Changes</h2><p>No figure changed.</p></section>" }
        let columns = ["When (UTC)", "Run", "Figure", "Change", "Result"].map { HTMLTable.Column(title: $0) }
        return "<section><h2>Changes</h2>\(HTMLTable(label: "Changes", columns: columns, rows: rows).markup)</section>"
    }

    private var runs: Markup {
        let rows = trend.runs.enumerated().reversed().map { index, run -> [HTMLTable.Cell] in
            let note = run.gap ?? run.breaks.joined(separator: ", ")
            let values = trend.lines.map { line -> HTMLTable.Cell in
                HTMLTable.Cell(line.points[index].map { line.amount($0.value) } ?? "–", line.points[index]?.value)
            }
            return [
                HTMLTable.Cell(TrendText.when(run)), HTMLTable.Cell(run.id), HTMLTable.Cell(run.state),
                HTMLTable.Cell(note),
            ] + values
        }
        let columns =
            ["When (UTC)", "Run", "Ended", "Remark"].map { HTMLTable.Column(title: $0) }
            + trend.lines.map { HTMLTable.Column(title: $0.title, isNumeric: true) }
        let table = HTMLTable(label: "Runs", columns: columns, rows: rows).markup
        return table == .empty ? .empty : "<section><h2>Runs</h2>\(table)</section>"
    }
}
