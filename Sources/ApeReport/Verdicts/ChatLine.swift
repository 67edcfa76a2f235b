import ApeCore
import ApeMetrics
import ApeRun

/// The verdict in one line, for a chat: `FAIL shop: 5 of 6 targets, p95 0.812 s (target 0.5 s), 1,000 agents, run 3f2a`.
struct ChatLine: Sendable {
    /// Conditions that did not pass which are named.
    private static let named = 3

    private let report: RunReport

    init(_ report: RunReport) {
        self.report = report
    }

    /// The line, ended by a newline.
    var text: String {
        let peak = report.tables.stages.compactMap(\.achievedAgents).max()
        let parts =
            [report.capacity?.shortText, report.passedText].compactMap(\.self) + open
            + [peak.map { "\(Self.grouped($0)) \($0 == 1 ? "agent" : "agents")" } ?? "nothing held"]
            + ["run \(report.run.id)"]
        return Self.safe("\(report.headline) \(report.run.scenarioName): \(parts.joined(separator: ", "))") + "\n"
    }

    /// What failed, or else what is open.
    private var open: [String] {
        let rows = report.conditions
        let failed = rows.filter { $0.status == .fail }
        let told = failed.isEmpty ? rows.filter { $0.status == .inconclusive } : failed
        let words = told.prefix(Self.named).map { row in
            "\(row.figure) \(row.amount ?? "not measured") (\(row.limit))"
        }
        let all = report.capacity == nil ? report.tables.stages : []
        let stages = all.filter { $0.status == .fail }.map { "stage \($0.name) not held" }
        let rest = told.count - words.count
        return words + (rest > 0 ? ["\(rest) more"] : []) + stages.prefix(Self.named)
    }

    /// A line of words that wakes nobody up and links nowhere: chats take `@here`, `<!channel>` and `<http://...>` for more.
    private static func safe(_ text: String) -> String {
        PlainText.line(text).replacing("<", with: "‹").replacing(">", with: "›").replacing("@", with: "＠")
    }

    /// A number with a comma behind every thousand.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.enumerated().reduce(into: "") { text, digit in
            if digit.offset > 0, (digits.count - digit.offset) % 3 == 0 { text.append(",") }
            text.append(digit.element)
        }
    }
}
