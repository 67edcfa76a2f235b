import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// What changed against the base; nothing where the run was not compared.
    var comparisonSection: Markup {
        guard let comparison = report.baseline?.comparison else { return .empty }
        let table = ComparisonTable(comparison)
        let shown = comparison.rows.filter { $0.group == .targets || [.better, .worse].contains($0.outcome) }
        let rows = shown.map { row -> [HTMLTable.Cell] in
            [
                HTMLTable.Cell(row.name), HTMLTable.Cell(table.amount(row.base, row.unit), row.base),
                HTMLTable.Cell(table.amount(row.run, row.unit), row.run),
                HTMLTable.Cell(table.change(row), row.change), HTMLTable.Cell(Self.chip(row, table.result(row))),
            ]
        }
        let columns =
            [HTMLTable.Column(title: "Figure")]
            + ["Base", "Run", "Change"].map { .init(title: $0, isNumeric: true) } + [.init(title: "Result")]
        let cautions = comparison.cautions.map { text -> Markup in "<p>\(text)</p>" }
        return section(
            "Compared with the base",
            "<p>\(comparison.sentence) The base is run \(comparison.base.id).</p>\(cautions)",
            HTMLTable(label: "Comparison", columns: columns, rows: rows).markup
        )
    }

    /// What a figure's change came to, as a chip where it changed.
    static func chip(_ row: RunComparison.Row, _ words: String) -> Markup {
        switch row.outcome {
        case .better: "<span class=\"chip pass\">\(words)</span>"
        case .worse: "<span class=\"chip fail\">\(words)</span>"
        case .inconclusive: "<span class=\"chip inconclusive\">\(words)</span>"
        case .same, .untested: "\(words)"
        }
    }
}
