import ApeAnalysis
import ApeCore
import ApeRun

extension HTMLReport {
    /// Points of a curve.
    private static let curvePoints = 120

    /// What a search came to, what it turned on at each number of users, and the table of tries.
    var capacitySection: Markup {
        guard let capacity = report.capacity else { return .empty }
        let rows = report.tries
        let sentences = capacity.sentences.map { sentence -> Markup in "<p>\(sentence)</p>" }
        let table = HTMLTable(
            label: "Tries",
            columns: [
                .init(title: "Try"), .init(title: capacity.search.unit, isNumeric: true), .init(title: "Verdict"),
                .init(title: "Turned on", isWide: true), .init(title: "Measured"), .init(title: "Passes when"),
                .init(title: "Actions per second", isNumeric: true),
            ],
            rows: rows.map { row in
                [
                    .init(row.name), .init(row.levelText, row.level), .init(verdict(row)), .init(row.bound),
                    .init(row.value), .init(row.limit),
                    .init(row.throughput.map { Figures.number($0, places: 1) } ?? "-", row.throughput),
                ]
            }
        )
        return section(
            "Capacity",
            "<div class=\"card\">\(Markup(joining: sentences))</div>",
            bounding(capacity, rows),
            throughput(capacity, rows),
            table.markup
        )
    }

    private func verdict(_ row: CapacityRow) -> Markup {
        "<span class=\"chip \(row.status.styleName)\">\(row.statusText)</span>"
    }

    /// The figure that bound the search by the number of users, with its limit, and what the scaling law makes of it.
    private func bounding(_ capacity: CapacityAnswer, _ rows: [CapacityRow]) -> Markup {
        guard let bound = capacity.bound, let limit = bound.limit else { return .empty }
        var isMean = false
        if case .target(let key) = bound.kind { isMean = key.measure == .mean(.gap) }
        let law = isMean && capacity.search.quantity == .agents ? report.analysis.scaling.law : nil
        return chart(
            "\(bound.name) by \(capacity.search.unit)",
            unit: bound.valueText?.split(separator: " ").last.map(String.init) ?? "",
            points: rows.compactMap { row in row.boundingValue.map { (row.level, $0) } },
            curve: law.map { law in { law.mtba(atAgents: $0) } },
            mark: (limit, bound.limitText),
            capacity
        )
    }

    /// Of a search over agents the section on scaling draws it, with the law.
    private func throughput(_ capacity: CapacityAnswer, _ rows: [CapacityRow]) -> Markup {
        guard capacity.search.quantity == .sessions else { return .empty }
        let points = rows.compactMap { row in row.throughput.map { (row.level, $0) } }
        return chart("Throughput by sessions/s", unit: "actions per second", points: points, capacity)
    }

    private func chart(
        _ title: String,
        unit: String,
        points: [(level: Double, value: Double)],
        curve: ((Double) -> Double?)? = nil,
        mark: (value: Double, name: String)? = nil,
        _ capacity: CapacityAnswer
    ) -> Markup {
        let end = 1.08 * (points.map(\.level).max() ?? 0)
        guard end > 0, Set(points.map(\.level)).count > 1 else { return .empty }
        let steps = curve == nil ? [] : (1...Self.curvePoints).map { Double($0) * end / Double(Self.curvePoints) }
        let xs = (points.map { ($0.level, Optional($0.value)) } + steps.map { ($0, nil) }).sorted { $0.0 < $1.0 }
        var lines = [LineChart.Line(name: "tries", colour: 2, values: xs.map(\.1), isDots: true)]
        if let curve {
            lines.insert(.init(name: "scaling law", colour: 1, values: xs.map { curve(max(1, $0.0)) }), at: 0)
        }
        let unitWords = capacity.search.unit
        return LineChart(
            title: title,
            unit: unit,
            xs: xs.map(\.0),
            end: end,
            lines: lines,
            mark: mark,
            xTicks: Axis.ticks(upTo: end).filter { $0 <= end },
            xLabel: { Figures.number($0, places: $0 < 10 && $0 != $0.rounded() ? 1 : 0) + " " + unitWords }
        ).markup
    }
}
