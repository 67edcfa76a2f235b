import ApeCore
import ApeMetrics

extension HTMLReport {
    /// What more agents brought.
    var scalingSection: Markup {
        let stages = report.ledger.stages.filter { !$0.heldSeconds.isEmpty && $0.stage.agents > 0 }
            .sorted { $0.stage.agents < $1.stage.agents }
        guard Set(stages.map(\.stage.agents)).count >= 2 else { return .empty }
        let xs = stages.map { Double($0.stage.agents) }
        let end = (xs.last ?? 1) * 1.05
        let points = stages.map { Optional(Double($0.hold.actions) / Double($0.heldSeconds.count)) }
        let chart = LineChart(
            title: "Throughput by agents",
            unit: "actions per second",
            xs: xs,
            end: end,
            lines: [LineChart.Line(name: "stages", colour: 1, values: points, isDots: true)],
            xTicks: Axis.ticks(upTo: end).filter { $0 <= end },
            xLabel: { Axis.label($0, step: 1) + ($0 == 0 ? "" : " agents") }
        )
        return section("Scaling", chart.markup)
    }
}
