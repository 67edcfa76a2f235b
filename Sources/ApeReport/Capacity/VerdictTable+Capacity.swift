import ApeCore
import ApeRun

extension VerdictTable {
    /// What a search came to, and what it tried; nothing for a run that follows a plan.
    var capacityLines: [String] {
        guard let capacity = report.capacity else { return [] }
        var table = TextTable([
            .init(title: "Try"),
            .init(title: capacity.search.quantity == .agents ? "Agents" : "Sessions/s", isNumeric: true),
            .init(title: "Verdict"), .init(title: "Turned on", gives: true), .init(title: "Measured", isNumeric: true),
            .init(title: "Passes when", gives: true),
        ])
        let tries = report.tries
        table.rows = tries.map { [$0.name, $0.levelText, $0.statusText, $0.bound, $0.value, $0.limit] }
        let lines =
            tries.isEmpty
            ? []
            : table.lines(width: width) { row, column, text in column == 2 ? painted(text, tries[row].status) : text }
        return lines + capacity.sentences.flatMap { WrappedText.lines($0, width: width) }
    }
}
