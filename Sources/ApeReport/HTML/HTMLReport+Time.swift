import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// What the gap is made of: over all holds, by stage and by goal.
    var timeSection: Markup {
        let all = report.tables.hold.gapBreakdown
        let stages = report.tables.stages.map { ($0.name, $0.gapParts) }
        let goals = report.tables.goals.filter { $0.gap.gaps > 0 }.map { ($0.name, $0.gap) }
        let rows = GapBreakdown.Part.allCases.compactMap { part -> [HTMLTable.Cell]? in
            all.share(part).map { share in
                [
                    HTMLTable.Cell(part.title), seconds(all.meanMicros(part)),
                    HTMLTable.Cell(Figures.percent(share), share),
                ]
            }
        }
        guard !rows.isEmpty else { return .empty }
        let table = table("Parts of the gap", "Part of the gap", ["Mean", "Share"], rows)
        let mean = Figures.duration(all.meanMicros)
        let isCut = report.tables.stages.contains { ($0.warmupCut?.seconds ?? 0) > 0 }
        let warmup = isCut ? " Warm-up that MTBA leaves out is among them." : ""
        let words: Markup = """
            <p class="muted">The parts of every gap sum to it. All holds together: a mean gap of \(mean) over \
            \(Figures.count(all.gaps)) gaps.\(warmup)</p>
            """
        let byGoal = goals.count > 1 ? bars("By goal", goals) : .empty
        let figures = Markup(joining: [bars("Mean gap between two actions, by stage", stages), byGoal])
        return section(
            "Where the time goes",
            words,
            "<div class=\"two\"><div class=\"pile\">\(figures)</div>\(table)</div>"
        )
    }

    private func bars(_ title: String, _ breakdowns: [(name: String, gap: GapBreakdown)]) -> Markup {
        let keys = GapBreakdown.Part.allCases.enumerated().map { index, part -> Markup in
            "<span class=\"key\"><i class=\"s\(index + 1)\"></i>\(part.title)</span> "
        }
        let greatest = breakdowns.compactMap(\.gap.meanMicros).max() ?? 1
        let bars = breakdowns.map { name, gap -> Markup in
            let mean = Figures.duration(gap.meanMicros)
            return "<span>\(name)</span>\(bar(gap, name, greatest))<span class=\"n\">\(mean)</span>"
        }
        return """
            <figure><figcaption><b>\(title)</b>\(keys)</figcaption>
            <div class="bars">\(Markup(joining: bars))</div></figure>
            """
    }

    private func bar(_ gap: GapBreakdown, _ name: String, _ greatest: Double) -> Markup {
        var x = 0.0
        let areas = GapBreakdown.Part.allCases.enumerated().map { index, part -> Markup in
            let mean = gap.meanMicros(part) ?? 0
            let width = greatest > 0 ? mean / greatest * 1_000 : 0
            defer { x += width }
            let words = "\(part.title): \(Figures.duration(mean))"
            return """
                <rect class="area s\(index + 1)" x="\(x)" y="0" width="\(width)" height="20"><title>\(words)</title></rect>
                """
        }
        return """
            <svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" \
            aria-label="Parts of the gap of \(name)">\(areas)</svg>
            """
    }
}
