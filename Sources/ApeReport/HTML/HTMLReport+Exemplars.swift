import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// Failed sessions that stand for the others, step by step.
    var exemplarsSection: Markup {
        let sessions = report.ledger.exemplars.shown.map(details)
        return section("Failed sessions, step by step", sessions.isEmpty ? .empty : Markup(joining: sessions))
    }

    private func details(_ exemplar: ExemplarSession) -> Markup {
        let session = exemplar.session
        let rows = session.steps.map { step -> [HTMLTable.Cell] in
            [
                HTMLTable.Cell("<code>\(step.what)</code>" as Markup), seconds(step.offsetMicros),
                seconds(step.durationMicros), HTMLTable.Cell(step.status.map(String.init) ?? step.error ?? "–"),
                count(Int64(step.attempts)),
            ]
        }
        let check: Markup =
            session.failedCheck.map { "<p>The check \($0.name) did not hold: \($0.reason)</p>" } ?? .empty
        let left: Markup =
            session.stepsLeftOut > 0
            ? "<p class=\"muted\">\(Figures.count(session.stepsLeftOut)) steps between are left out.</p>" : .empty
        let trace = exemplar.traceID ?? "none"
        let time = Figures.duration(session.durationMicros)
        let table = table("Steps", "Step", ["After", "Took", "Answer", "Attempts"], rows)
        return """
            <details class="card"><summary><b>\(exemplar.reason)</b> in \(session.goal), \(time)</summary>
            <p>\(exemplar.message)</p>\(check)<p class="muted">Trace <code>\(trace)</code></p>\(table)\(left)</details>
            """
    }
}
