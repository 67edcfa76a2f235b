import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

/// The optimisation report in a terminal.
package struct OptimizationText: Sendable {
    /// Recommendations that the short form names.
    static let briefRecommendations = 3

    let report: OptimizationReport
    let width: Int
    let isColoured: Bool

    package init(_ report: OptimizationReport, width: Int = VerdictTable.defaultWidth, isColoured: Bool = false) {
        self.report = report
        self.width = max(width, VerdictTable.leastWidth)
        self.isColoured = isColoured
    }

    private var analysis: OptimizationAnalysis { report.analysis }

    /// Values, recommendations with their figures, and the scaling law.
    package var text: String {
        var parts = [WrappedText.lines(report.run.subject.sentence, width: width), kpiLines]
        parts += analysis.recommendations.enumerated().map { lines(number: $0.offset + 1, $0.element) }
        if analysis.recommendations.isEmpty {
            parts.append(["Nothing was measured that a recommendation could follow from."])
        }
        parts.append(scalingLines)
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    /// The first recommendations, a line each, for the end of a validation.
    package var brief: [String] {
        analysis.recommendations.prefix(Self.briefRecommendations).enumerated().flatMap { number, found in
            WrappedText.lines("\(number + 1). \(label(found)) \(found.action)", width: width, indent: "   ")
        }
    }

    private var kpiLines: [String] {
        var table = TextTable([
            .init(title: "KPI", gives: true), .init(title: "Now", isNumeric: true), .init(title: "Target"),
            .init(title: "Optimized", isNumeric: true), .init(title: "Better by", isNumeric: true),
            .init(title: "Verdict"),
        ])
        table.rows = analysis.verdict.verdicts.map { verdict in
            let optimized = analysis.optimized(verdict.key)
            return [
                verdict.target.shortTitle, verdict.measured.map(verdict.target.amount) ?? "-",
                "\(verdict.target.direction.rawValue) \(verdict.target.short(verdict.target.value))"
                    + verdict.target.symbol,
                optimized.map { $0.target.amount($0.expected) } ?? "-",
                optimized.map { Decimals.text($0.relativePercent, places: 1) + " %" } ?? "-",
                verdict.status.rawValue,
            ]
        }
        return table.lines(width: width)
    }

    private func lines(number: Int, _ found: Recommendation) -> [String] {
        let head = WrappedText.lines(
            "\(number). \(label(found)) \(found.category.rawValue): \(found.description)",
            width: width,
            indent: "   "
        )
        let body =
            ["Do: \(found.action)", "Gives: \(found.expectedWords)"] + found.evidence.map { "Seen: \($0.words)." }
        return head
            + body.flatMap { WrappedText.lines($0, width: width - 3, indent: "   ").map { "   " + $0 } }
    }

    private var scalingLines: [String] {
        WrappedText.lines(analysis.scaling.words(mtbaTargets: analysis.verdict.mtbaTargets), width: width)
    }

    private func label(_ found: Recommendation) -> String {
        let text = "[\(found.priority.rawValue)]"
        guard isColoured else { return text }
        let style: TerminalStyle =
            switch found.priority {
            case .high: .red
            case .medium: .yellow
            case .low: .faint
            }
        return style.around(text)
    }
}
