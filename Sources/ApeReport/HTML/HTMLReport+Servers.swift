import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// The most charts of one server.
    private static let maximumCharts = 16

    /// Servers' own figures over the run's axis of time, and what they came to in holds.
    var serversSection: Markup {
        let rows = report.tables.servers
        guard !rows.isEmpty else { return .empty }
        let notes = rows.flatMap(\.notes).map { note -> Markup in "<li>\(note)</li>" }
        let charts = rows.flatMap { row in row.series.prefix(Self.maximumCharts).compactMap { chart($0, of: row) } }
        let list: Markup = notes.isEmpty ? .empty : "<div class=\"card\"><ul>\(Markup(joining: notes))</ul></div>"
        let drawn: Markup = charts.isEmpty ? .empty : "<div class=\"two\">\(Markup(joining: charts))</div>"
        return section(
            "Servers",
            """
            <p class="muted">What the servers themselves show, over the same minutes as the run; the holds are shaded, and \
            where nothing was shown there is nothing. Counters are rates in a second, histograms the mean of what came.</p>
            """,
            list,
            drawn,
            serversTable(rows)
        )
    }

    private func chart(_ figure: ServerRow.Figure, of row: ServerRow) -> Markup? {
        let timelines = report.ledger.stages.compactMap(\.timeline)
        guard let first = report.picture.first?.seconds.lowerBound ?? timelines.map(\.seconds.lowerBound).min() else {
            return nil
        }
        let line = figure.series.line
        let points = line.points.filter { $0.second + line.pointSeconds > first }
        guard let last = points.last else { return nil }
        let end = max(report.picture.map(\.seconds.upperBound).max() ?? 0, last.second + line.pointSeconds)
        let unit = figure.series.unit
        let scale = unit == .ratio ? 100.0 : unit == .bytes || unit == .bytesPerSecond ? 1 / 1_048_576 : 1
        let every = Double(row.server.everyMicros) / 1_000_000
        let lines: [LineChart.Line] = [
            .init(name: "mean", colour: 1, values: points.map { $0.figures.mean.map { $0 * scale } })
        ]
        return LineChart(
            title: "\(row.server.name): \(figure.series.name)",
            unit: unit.axis,
            xs: points.map { Double(max(0, $0.second - first)) },
            end: Double(end - first),
            lines: lines,
            bands: report.tables.stages.compactMap { stage in
                guard !stage.hold.isEmpty else { return nil }
                let from = Double(stage.hold.lowerBound - first)
                return (from, from + Double(stage.heldSeconds), "Hold of \(stage.name)")
            },
            xTicks: Axis.moments(Double(end - first)),
            xLabel: Figures.moment,
            largestGap: 1.5 * max(every, Double(line.pointSeconds)) + 0.5
        ).markup
    }

    private func serversTable(_ rows: [ServerRow]) -> Markup {
        let words = ["Server", "Series", "Stage"].map { HTMLTable.Column(title: $0) }
        var table = HTMLTable(
            label: "Servers' own figures",
            columns: words + ServerTable.titles.dropFirst().map { HTMLTable.Column(title: $0, isNumeric: true) },
            rows: []
        )
        for row in rows {
            for figure in row.series {
                let unit = figure.series.unit
                for hold in figure.holds {
                    let values = [
                        hold.figures.mean, hold.figures.least, hold.figures.greatest, hold.figures.last, hold.rise,
                    ]
                    let names = [row.server.name, figure.series.name, hold.stage].map { HTMLTable.Cell($0) }
                    table.rows.append(names + values.map { HTMLTable.Cell($0.map(unit.text) ?? "-", $0) })
                }
            }
        }
        return table.markup
    }
}

extension ServerUnit {
    /// What stands at a chart's axis.
    fileprivate var axis: String {
        switch self {
        case .seconds: "s"
        case .bytes: "MiB"
        case .ratio, .percent: "%"
        case .number: ""
        case .perSecond: "per second"
        case .bytesPerSecond: "MiB per second"
        case .secondsPerSecond: "s per second"
        }
    }
}
