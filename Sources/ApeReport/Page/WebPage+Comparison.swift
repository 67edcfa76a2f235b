import ApeCore
import ApeRun

extension WebPage {
    /// Two runs side by side, figure by figure, as `ape-test compare` shows them.
    ///
    /// - Parameters:
    ///   - comparison: the two.
    ///   - hasRun: whether there is a run that goes on, at `/`.
    /// - Returns: the page.
    package static func comparison(_ comparison: RunComparison, hasRun: Bool) -> WebPage {
        let table = ComparisonTable(comparison)
        let cautions = comparison.cautions.map { text -> Markup in "<p>Caution: \(text)</p>" }
        let groups = RunComparison.Group.allCases.map { group -> Markup in
            let rows = comparison.rows.filter { $0.group == group }
            let name = group.rawValue.prefix(1).uppercased() + group.rawValue.dropFirst()
            let columns =
                [HTMLTable.Column(title: name)]
                + ["Base", "Run", "Change", "p"].map { .init(title: $0, isNumeric: true) } + [.init(title: "Result")]
            let content = HTMLTable(label: name, columns: columns, rows: rows.map { cells($0, table) }).markup
            return content == .empty ? .empty : "<section><h2>\(name)</h2>\(content)</section>"
        }
        return WebPage(
            title: "APE: \(comparison.base.id) and \(comparison.run.id)",
            hasRun: hasRun,
            head: "<h1>Two runs side by side</h1>\(run("Base", comparison.base))\(run("Run", comparison.run))",
            content: """
                <p><strong>\(comparison.sentence)</strong></p>\(cautions)
                \(Markup(joining: groups.filter { $0 != .empty }))
                """,
            foot: "<p>\(ComparisonTable.method)</p>"
        )
    }

    private static func run(_ title: String, _ run: ComparableRun) -> Markup {
        let when = String(Timestamp.text(micros: run.startMicros).prefix(19)).replacing("T", with: " ")
        return """
            <p>\(title): <a href="/runs/\(run.id)">\(run.id)</a>, \(run.scenarioName), <span class="muted">\(when) UTC</span></p>
            """
    }

    private static func cells(_ row: RunComparison.Row, _ table: ComparisonTable) -> [HTMLTable.Cell] {
        [
            HTMLTable.Cell(row.name), HTMLTable.Cell(table.amount(row.base, row.unit), row.base),
            HTMLTable.Cell(table.amount(row.run, row.unit), row.run), HTMLTable.Cell(table.change(row), row.change),
            HTMLTable.Cell(row.probability.map(table.probability) ?? "-", row.probability),
            HTMLTable.Cell(HTMLReport.chip(row, table.result(row))),
        ]
    }
}
