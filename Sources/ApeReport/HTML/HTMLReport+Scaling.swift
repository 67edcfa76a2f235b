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
        switch report.analysis.scaling {
        case .fitted(let law):
            return section("Scaling", "<p>\(sentence(law))</p>", chart(law.points, law))
        case .notFitted(let reason):
            let points = stages.map { stage in
                ScalingLaw.Point(
                    stage: stage.name,
                    agents: Double(stage.targetAgents),
                    throughput: stage.actionsPerSecond ?? 0
                )
            }
            return section("Scaling", "<p>No scaling law is fitted. \(reason)</p>", chart(points, nil))
        }
    }

    private func chart(_ points: [ScalingLaw.Point], _ law: ScalingLaw?) -> Markup {
        let most = points.map(\.agents).max() ?? 1
        let peak = law?.peakAgents.map { min($0, 2 * most) } ?? most
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

    private func sentence(_ law: ScalingLaw) -> String {
        func parameter(_ name: String, _ estimate: ScalingLaw.Estimate) -> String {
            let range = "\(short(estimate.interval.low)) to \(short(estimate.interval.high))"
            return "\(name) \(short(estimate.value)) (95 % interval \(range))"
        }
        let fit = "Universal Scalability Law, R² \(Figures.number(law.rSquared, places: 3)): "
        var words = fit + parameter("contention", law.sigma) + ", " + parameter("coherency", law.kappa) + "."
        if let peak = law.peakAgents {
            words += " Throughput would peak at about \(Figures.number(peak)) agents."
        }
        if let high = report.verdict[.mtbaHighLoad] { words += " " + law.sentence(mtbaTarget: high.target) }
        return words
    }

    /// Three digits of a small number.
    private func short(_ value: Double) -> String {
        guard value > 0, value < 0.001 else { return Figures.number(value, places: 4) }
        return Figures.number(value * 1e6, places: 2) + "·10⁻⁶"
    }
}
