import ApeCore
import ApeMetrics

extension HTMLReport {
    /// What the gap is made of, stage by stage and over all holds.
    var timeSection: Markup {
        let hold = report.ledger.hold
        guard hold[.gap].sumMicros > 0 else { return .empty }
        let parts = Measures.gapParts
        let keys = parts.enumerated().map { index, part -> Markup in
            "<span class=\"key\"><i class=\"s\(colour(index))\"></i>\(title(part.name))</span> "
        }
        let greatest = report.ledger.stages.compactMap { $0.hold[.gap].meanMicros }.max() ?? 1
        let bars = report.ledger.stages.map { stage -> Markup in
            let mean = Figures.duration(stage.hold[.gap].meanMicros)
            let name = stage.stage.name
            return "<span>\(name)</span>\(bar(stage.hold, name, greatest))<span class=\"n\">\(mean)</span>"
        }
        let figure: Markup = """
            <figure><figcaption><b>Mean gap between two actions, by stage</b>\(keys)</figcaption>
            <div class="bars">\(Markup(joining: bars))</div></figure>
            """
        let gap = hold[.gap]
        let rows = parts.map { part -> [HTMLTable.Cell] in
            let sum = Double(hold[part.series].sumMicros)
            let share = sum / Double(gap.sumMicros)
            return [
                HTMLTable.Cell(title(part.name)), seconds(sum / Double(gap.count)),
                HTMLTable.Cell(Figures.percent(share), share),
            ]
        }
        let table = HTMLTable(
            label: "Parts of the gap",
            columns: [
                .init(title: "Part of the gap"), .init(title: "Mean", isNumeric: true),
                .init(title: "Share", isNumeric: true),
            ],
            rows: rows
        )
        return section(
            "Where the time goes",
            "<p class=\"muted\">The parts of every gap sum to it. All holds together: a mean gap of "
                + "\(Figures.duration(gap.meanMicros)) over \(Figures.count(gap.count)) gaps.</p>",
            "<div class=\"two\">\(figure)\(table.markup)</div>"
        )
    }

    private func bar(_ hold: Measures, _ stage: String, _ greatest: Double) -> Markup {
        let gaps = Double(max(1, hold[.gap].count))
        var x = 0.0
        let areas = Measures.gapParts.enumerated().map { index, part -> Markup in
            let mean = Double(hold[part.series].sumMicros) / gaps
            let width = mean / greatest * 1_000
            defer { x += width }
            let words = "\(title(part.name)): \(Figures.duration(mean))"
            return """
                <rect class="area s\(colour(index))" x="\(x)" y="0" width="\(width)" height="20"><title>\(words)</title></rect>
                """
        }
        return """
            <svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" \
            aria-label="Parts of the gap in stage \(stage)">\(areas)</svg>
            """
    }

    private func colour(_ index: Int) -> Int { index % Palette.seriesCount + 1 }

    private func title(_ part: String) -> String { part.replacing("_", with: " ") }
}

extension Markup {
    static func + (left: Markup, right: Markup) -> Markup { "\(left)\(right)" }
}
