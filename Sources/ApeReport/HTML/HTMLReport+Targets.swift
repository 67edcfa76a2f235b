import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// The eight targets, each with its value, interval and target on one scale.
    var targetsSection: Markup {
        let cards = report.tables.targets.map(card)
        return section("The eight targets", "<div class=\"targets\">\(Markup(joining: cards))</div>")
    }

    private func card(_ row: TargetRow) -> Markup {
        let target = row.target
        let interval = row.interval.map { ", 95 % interval \($0.low) to \($0.high)" }
        let rank = target.isCritical ? "" : " Not critical."
        return """
            <div class="card target"><h3>\(target.shortTitle) \(chip(row))</h3>
            <div class="value">\(row.amount ?? "not measured")</div>\(bullet(row.verdict))
            <p class="muted">Target \(target.sentence)\(interval ?? "").\(rank)</p>
            <p>\(row.verdict.details)</p></div>
            """
    }

    /// The value as a tick, its interval as a range, the target as a broken line; nothing where nothing was measured.
    private func bullet(_ verdict: Verdict) -> Markup {
        guard let measured = verdict.measured else { return .empty }
        let target = verdict.target
        let greatest = max(target.value, measured, verdict.interval?.high ?? 0) * 1.2
        guard greatest > 0 else { return .empty }
        func x(_ value: Double) -> Double { min(1, max(0, value / greatest)) * 1_000 }
        let range: Markup =
            verdict.interval.map { interval in
                let width = max(3, x(interval.high) - x(interval.low))
                return "<rect class=\"range\" x=\"\(x(interval.low))\" y=\"6\" width=\"\(width)\" height=\"12\"/>"
            } ?? ""
        let words = "\(target.shortTitle): \(target.amount(measured)), target \(target.sentence)"
        return """
            <svg class="bullet" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label="\(words)">
            <title>\(words)</title><rect class="track" x="0" y="11" width="1000" height="2"/>
            \(range)<rect class="tick" x="\(x(measured) - 2)" y="4" width="5" height="16"/>
            <path class="mark" d="M\(x(target.value)) 0V24"/></svg>
            """
    }
}
