import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// Workers that have a lane of their own, those with something missing first.
    private static let maximumLanes = 60
    /// Workers in the table of a run that goes on, whose page is made again and again.
    private static let maximumLiveRows = 100
    /// Stretches of one kind that a lane shows.
    private static let maximumStretches = 200

    var workersSection: Markup {
        let limit = report.verdict.outcome == .running ? Self.maximumLiveRows : .max
        let left = report.tables.workers.count - min(limit, report.tables.workers.count)
        let rows = report.tables.workers.prefix(limit).map { worker -> [HTMLTable.Cell] in
            let (cpu, memory, own) = (worker.peakCPUPercent, worker.peakMemoryPercent, worker.peakProcessMemoryBytes)
            return [
                HTMLTable.Cell(worker.facts.name), HTMLTable.Cell(worker.facts.host),
                count(Int64(worker.peakAgents)), count(worker.actions), count(worker.completedSessions),
                HTMLTable.Cell(Figures.percent(cpu.map { $0 / 100 }), cpu),
                HTMLTable.Cell(Figures.percent(memory.map { $0 / 100 }), memory),
                HTMLTable.Cell(Figures.number(Double(own) / 1_048_576, places: 0) + " MiB", Double(own)),
                seconds(worker.peakLoopLagMicros),
            ]
        }
        let numbers = ["Peak agents", "Actions", "Sessions", "Host CPU", "Host memory", "Own memory", "Loop lag p99"]
        let columns = [HTMLTable.Column(title: "Worker"), .init(title: "Host")]
        let table = HTMLTable(
            label: "Workers",
            columns: columns + numbers.map { .init(title: $0, isNumeric: true) },
            rows: rows
        )
        return section(
            "Workers",
            lanes,
            "<p class=\"muted\">The figures are each worker's peaks in holds.</p>",
            table.markup,
            left > 0
                ? "<p class=\"muted\">The final report has \(Figures.count(Int64(left))) more workers.</p>" : .empty
        )
    }

    /// When each worker was there, and when not.
    private var lanes: Markup {
        let timelines = report.ledger.stages.compactMap(\.timeline)
        let workers = report.tables.completeness.workers.sorted {
            ($1.missing.count, $0.name, $0.worker) < ($0.missing.count, $1.name, $1.worker)
        }
        guard let start = timelines.map(\.start.micros).min(), let last = timelines.map(\.end.micros).max(),
            !workers.isEmpty
        else { return .empty }
        let end = max(start + 1, min(last, max(report.run.endMicros, start + 1)))
        let rows = workers.prefix(Self.maximumLanes).map { worker -> Markup in
            let received = Figures.percent(worker.receivedShare)
            return "<span>\(worker.name)</span>\(lane(worker, start..<end))<span class=\"n\">\(received)</span>"
        }
        let rest = workers.count - rows.count
        let more: Markup = rest > 0 ? "<p class=\"muted\">\(rest) more workers have no lane here.</p>" : .empty
        return """
            <figure><figcaption><b>Workers over time</b><span class="key"><i class="s3"></i>there</span> \
            <span class="key"><i class="away"></i>no connection</span> \
            <span class="key"><i class="lost"></i>measurements missing</span></figcaption>
            <div class="bars lane">\(Markup(joining: Array(rows)))</div>\(more)</figure>
            """
    }

    private func lane(_ worker: WorkerCompleteness, _ span: Range<Int64>) -> Markup {
        let there = worker.presences.map { $0.fromMicros..<max($0.fromMicros, $0.toMicros ?? span.upperBound) }
        let missing = worker.missing.ranges.map { $0.lowerBound * 1_000_000..<$0.upperBound * 1_000_000 }
        let away = worker.disconnections
        let kinds: [(ranges: [Range<Int64>], style: Markup, word: String, y: Double, height: Double)] = [
            (there, "area s3", "there", 3, 14), (away, "away", "no connection", 0, 8),
            (missing, "lost", "measurements missing", 10, 10),
        ]
        let areas = kinds.flatMap { kind in
            kind.ranges.prefix(Self.maximumStretches).map { range -> Markup in
                let shown = range.clamped(to: span)
                let scale = 1_000 / Double(span.upperBound - span.lowerBound)
                let x = Double(shown.lowerBound - span.lowerBound) * scale
                let width = Double(shown.upperBound - shown.lowerBound) * scale
                guard width > 0 else { return .empty }
                let from = Figures.moment(Double(range.lowerBound - span.lowerBound) / 1e6)
                let words = "\(worker.name): \(kind.word) from \(from) for \(Figures.duration(Int64(range.count)))"
                return """
                    <rect class="\(kind.style)" x="\(x)" y="\(kind.y)" width="\(max(1.5, width))" height="\(kind.height)">\
                    <title>\(words)</title></rect>
                    """
            }
        }
        return """
            <svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="When \(worker.name) was there">\
            <rect class="track" x="0" y="9" width="1000" height="2"/>\(areas)</svg>
            """
    }

    var completenessSection: Markup {
        let row = report.tables.completeness
        let (received, expected) = (Figures.count(row.run.receivedSeconds), Figures.count(row.run.expectedSeconds))
        var words = ["\(received) of \(expected) worker seconds came in"]
        if row.run.missingSeconds > 0 { words.append("\(Figures.count(row.run.missingSeconds)) are missing") }
        if row.outageMicros > 0 {
            words.append("the coordinator was away for \(Figures.duration(row.outageMicros))")
        }
        if let moves = row.moves { words.append("agents changed workers \(moves.number) times") }
        return section("Completeness", "<p>\(words.joined(separator: "; ")).</p>")
    }
}
