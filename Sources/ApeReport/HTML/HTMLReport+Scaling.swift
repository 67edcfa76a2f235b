import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// Points of a curve.
    private static let curvePoints = 120

    /// What more agents brought, and what the scaling law makes of it.
    var scalingSection: Markup {
        let stages = report.tables.stages.filter { !$0.hold.isEmpty && $0.targetAgents > 0 }
            .sorted { $0.targetAgents < $1.targetAgents }
        guard Set(stages.map(\.targetAgents)).count >= 2 else { return .empty }
        let scaling = report.analysis.scaling
        let points =
            scaling.law?.points
            ?? stages.map {
                ScalingPoint(
                    stage: $0.name,
                    agents: Double($0.targetAgents),
                    throughput: $0.actionsPerSecond ?? 0
                )
            }
        let words = scaling.words(mtbaTargets: report.verdict.mtbaTargets)
        return section("Scaling", "<p>\(words)</p>", chart(points, scaling.law))
    }

    private func chart(_ points: [ScalingPoint], _ law: ScalingLaw?) -> Markup {
        let most = points.map(\.agents).max() ?? 1
        let peak = law?.peakAgents?.value ?? law?.queue?.knee.value ?? most
        let end = max(most, peak) * 1.08
        let curve = law == nil ? [] : (1...Self.curvePoints).map { Double($0) * end / Double(Self.curvePoints) }
        let xs = (points.map { ($0.agents, Optional($0.throughput)) } + curve.map { ($0, nil) }).sorted { $0.0 < $1.0 }
        var lines = [LineChart.Line(name: "stages", colour: 2, values: xs.map(\.1), isDots: true)]
        if let law {
            let values = xs.map { Optional(law.throughput(atAgents: max(1, $0.0))) }
            lines.insert(LineChart.Line(name: "scaling law", colour: 1, values: values), at: 0)
        }
        let drawing = LineChart(
            title: "Throughput by agents",
            unit: "actions per second",
            xs: xs.map(\.0),
            end: end,
            lines: lines,
            xTicks: Axis.ticks(upTo: end).filter { $0 <= end },
            xLabel: { Axis.label($0.rounded(), step: 1) + " agents" }
        )
        return drawing.markup
    }
}
