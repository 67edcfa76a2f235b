import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// The run as it went: small charts over one axis of time.
    var overTimeSection: Markup {
        let picture = report.picture
        guard let first = picture.first?.seconds.lowerBound, let last = picture.map(\.seconds.upperBound).max() else {
            return .empty
        }
        let charts = [agents, gaps, firstTokens, throughput, errors, host, generator]
        let end = Double(last - first)
        let holds = report.tables.stages.compactMap { stage -> (from: Double, to: Double, name: String)? in
            guard !stage.hold.isEmpty else { return nil }
            let from = Double(stage.hold.lowerBound - first)
            return (from, from + Double(stage.heldSeconds), "Hold of \(stage.name)")
        }
        let width = picture.map(\.length).max() ?? 1
        let drawn = charts.map { chart -> Markup in
            let drawing = LineChart(
                title: chart.title,
                unit: chart.unit,
                xs: picture.map { Double($0.seconds.lowerBound - first) },
                end: end,
                lines: chart.lines,
                bands: holds,
                mark: chart.mark,
                xTicks: Axis.moments(end),
                xLabel: Figures.moment,
                largestGap: Double(2 * width + 1)
            )
            return drawing.markup
        }
        let each = width == 1 ? "Each point is a second." : "Each point is up to \(width) seconds of one phase."
        return section(
            "Over time",
            "<p class=\"muted\">Minutes since the run's first stage began; the holds of the stages are shaded. \(each)</p>",
            "<div class=\"two\">\(Markup(joining: drawn))</div>"
        )
    }

    private struct Chart {
        var title: String
        var unit: String
        var lines: [LineChart.Line]
        var mark: (value: Double, name: String)?
    }

    private func line(_ name: String, _ colour: Int, _ value: (TimelinePoint) -> Double?) -> LineChart.Line {
        LineChart.Line(name: name, colour: colour, values: report.picture.map(value))
    }

    private var agents: Chart {
        Chart(
            title: "Agents",
            unit: "agents",
            lines: [
                line("target", 6) { Double($0.targetAgents) }, line("assigned", 2) { $0.assignedAgents },
                line("active", 1) { $0.activeAgents },
            ]
        )
    }

    private var gaps: Chart {
        Chart(
            title: "Time between actions (MTBA)",
            unit: "s",
            lines: [
                line("mean", 1) { $0.gap.meanMicros.map { $0 / 1e6 } }, line("p95", 2) { $0.gap.p95Micros.seconds },
            ],
            mark: mark(report.peakMTBATarget)
        )
    }

    private var firstTokens: Chart {
        Chart(
            title: "Time to first token",
            unit: "s",
            lines: [
                line("p50", 1) { $0.ttft.p50Micros.seconds }, line("p90", 3) { $0.ttft.p90Micros.seconds },
                line("p95", 2) { $0.ttft.p95Micros.seconds }, line("p99", 4) { $0.ttft.p99Micros.seconds },
            ],
            mark: mark(report.target(.cognitiveLatencyTTFT))
        )
    }

    private var throughput: Chart {
        Chart(
            title: "Throughput",
            unit: "per second",
            lines: [
                line("actions", 1) { $0.rate($0.counts.actions) },
                line("decisions", 3) { $0.rate($0.counts.decisions) },
                line("sessions", 4) { $0.rate($0.counts.sessionsSucceeded + $0.counts.sessionsFailed) },
            ]
        )
    }

    private var errors: Chart {
        Chart(
            title: "Errors",
            unit: "per second",
            lines: [
                line("4xx", 2) { $0.rate($0.counts.actions4xx) }, line("5xx", 5) { $0.rate($0.counts.actions5xx) },
                line("no answer", 6) { $0.rate($0.counts.actionErrors) },
                line("decisions", 4) { $0.rate($0.counts.decisionErrors) },
                line("failed sessions", 1) { $0.rate($0.counts.sessionsFailed) },
            ]
        )
    }

    private var host: Chart {
        Chart(
            title: "Worst worker host",
            unit: "%",
            lines: [line("CPU", 1) { $0.host.cpuPercent }, line("memory", 4) { $0.host.memoryPercent }],
            mark: mark(report.target(.systemCPUEfficiency))
        )
    }

    private var generator: Chart {
        Chart(
            title: "Load generator, worst worker",
            unit: "ms late at p99",
            lines: [line("event loop", 2) { Double($0.host.loopLagP99Micros) / 1_000 }]
        )
    }

    private func mark(_ row: TargetRow?) -> (value: Double, name: String)? {
        row.map { ($0.target.value, "Target \($0.target.sentence)") }
    }
}

extension Int64? {
    /// Microseconds as seconds.
    fileprivate var seconds: Double? { map { Double($0) / 1e6 } }
}
