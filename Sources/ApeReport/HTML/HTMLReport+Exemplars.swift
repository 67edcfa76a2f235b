import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// Sessions that stand for the others, as waterfalls: those that failed, then some that did not.
    var exemplarsSection: Markup {
        let exemplars = report.ledger.exemplars
        return Markup(
            joining: [
                ("Failed sessions, step by step", exemplars.shown),
                ("Successful sessions, step by step", exemplars.shownGood),
            ].map { title, sessions in
                let drawn = sessions.map { details(TraceWaterfall($0, worker: report.workerName($0.worker))) }
                return section(title, drawn.isEmpty ? .empty : Markup(joining: drawn))
            }.filter { $0 != .empty }
        )
    }

    private func details(_ waterfall: TraceWaterfall) -> Markup {
        let exemplar = waterfall.exemplar
        let check: Markup = waterfall.check.map { "<p>\($0)</p>" } ?? .empty
        let message: Markup = exemplar.hasSucceeded ? .empty : "<p>\(exemplar.message)</p>"
        let rows = waterfall.rows.map { row(waterfall, $0) }
        let end = Figures.duration(waterfall.lengthMicros)
        return """
            <details class="card trace" id="trace-\(exemplar.traceID ?? "none")"><summary>\(waterfall.title)</summary>
            \(message)\(check)<p class="muted">\(waterfall.origin)</p>
            <p class="key"><i class="s4"></i>before the first token <i class="s1"></i>the model's answer \
            <i class="s3"></i>the target <i class="s6"></i>nothing asked; 0 to \(end)</p>
            <ol class="steps">\(Markup(joining: rows))</ol></details>
            """
    }

    private func row(_ waterfall: TraceWaterfall, _ row: TraceWaterfall.Row) -> Markup {
        let label: Markup = "<code>\(row.label)</code>"
        let tokens: Markup = row.tokens.map { " <span class=\"muted\">\($0) tokens</span>" } ?? .empty
        let first: Markup =
            row.firstTokenMicros.map { " <span class=\"muted\">first token \(Figures.duration($0))</span>" } ?? .empty
        let answer: Markup =
            row.answer.isEmpty
            ? .empty : row.isFault ? " <span class=\"chip fail\">\(row.answer)</span>" : " <span>\(row.answer)</span>"
        let times = "\(Figures.duration(row.durationMicros)) at \(Figures.duration(row.offsetMicros))"
        return """
            <li><span class="what">\(label)\(answer)\(tokens)\(first)</span><span class="n">\(times)</span>
            \(bar(waterfall, row))</li>
            """
    }

    private func bar(_ waterfall: TraceWaterfall, _ row: TraceWaterfall.Row) -> Markup {
        let start = waterfall.share(row.offsetMicros) * 1_000
        let end = waterfall.share(row.offsetMicros.addingClamped(row.durationMicros)) * 1_000
        let first = row.firstTokenMicros.map { waterfall.share(row.offsetMicros.addingClamped($0)) * 1_000 }
        var parts: [(style: String, from: Double, to: Double)] = []
        switch row.kind {
        case .decision:
            let middle = min(end, max(start, first ?? end))
            parts = [("area s4", start, middle), ("area s1", middle, end)]
        case .action, .verification: parts = [(row.isFault ? "lost" : "area s3", start, end)]
        case .wait, .leftOut: parts = [("area s6", start, end)]
        }
        // What took time is seen, however short it was.
        let areas = parts.filter { $0.to > $0.from || parts.count == 1 }.map { part -> Markup in
            """
            <rect class="\(part.style)" x="\(part.from)" y="0" width="\(max(2, part.to - part.from))" height="10"></rect>
            """
        }
        return """
            <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="track" x="0" y="4.5" width="1000" height="1"></rect>\(areas)</svg>
            """
    }
}
