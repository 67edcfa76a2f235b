import ApeCore
import ApeRun

extension MarkdownReport {
    /// What a search came to, and what it tried.
    var capacity: String {
        guard let capacity = report.capacity else { return "" }
        let rows = report.tries.map { row -> [String] in
            [
                row.name, row.levelText, "\(mark(row.status)) \(row.statusText)", "`\(row.bound.codeSpan)`",
                row.value.markdown, row.limit.markdown,
            ]
        }
        let title = capacity.search.quantity == .agents ? "Agents" : "Sessions a second"
        let header = ["Try", title, "Verdict", "Turned on", "Measured", "Passes when"]
        let words = capacity.sentences.map(\.markdown).joined(separator: " ")
        let table = table("Capacity", header, rows)
        return table.isEmpty ? "### Capacity\n\n" + words : table + "\n\n" + words
    }
}
