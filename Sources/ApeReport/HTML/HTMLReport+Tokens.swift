import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// The model's tokens and their cost, in each hold and in the whole run; nothing where no model was asked.
    var tokensSection: Markup {
        let all = report.tables.tokens
        guard let sentence = all.sentence else { return .empty }
        let isPriced = all.cost != nil
        let rows = (report.tables.stages.map { ($0.name, $0.tokens) } + [("whole run", all)])
            .filter { $0.1.tokens != nil }
            .map { name, row in [HTMLTable.Cell(name)] + cells(row, isPriced: isPriced) }
        let titles =
            ["In", "From cache", "Out", "Reasoning", "A decision"] + (isPriced ? ["Cost", "Cost a session"] : [])
        let stretch = "Each stage's hold; the whole run has ramps, warm-up and the end too."
        return section(
            "Tokens",
            table("Tokens", "Hold of stage", titles, rows),
            "<p class=\"muted\">\(sentence) \(rows.isEmpty ? "" : stretch)</p>"
        )
    }

    private func cells(_ row: TokenRow, isPriced: Bool) -> [HTMLTable.Cell] {
        let tokens = [
            HTMLTable.Cell(row.text(\.input), row.tokens.map { Double($0.input) }),
            HTMLTable.Cell(row.cachedShareText, row.tokens?.cachedShare),
            HTMLTable.Cell(row.text(\.output), row.tokens.map { Double($0.output) }),
            HTMLTable.Cell(row.text(\.reasoning), row.tokens.map { Double($0.reasoning) }),
            HTMLTable.Cell(row.perDecisionText, row.perDecision),
        ]
        guard isPriced else { return tokens }
        return tokens + [
            HTMLTable.Cell(row.costText, row.cost), HTMLTable.Cell(row.costPerSessionText, row.costPerSession),
        ]
    }
}
