import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of the sessions that arrive in a stage.
package struct ArrivalRow: Sendable, Equatable {
    /// The titles of ``cells``; the stage's name comes before.
    static let titles = ["Asked", "Reached", "Sessions", "Late", "Lateness p50", "p99", "Busy agents"]

    let figures: ArrivalFigures
    let lateness: SeriesRow

    init(_ figures: ArrivalFigures) {
        self.figures = figures
        lateness = SeriesRow(figures.lateness)
    }

    /// What a table shows; under ``titles``.
    var cells: [String] {
        [
            figures.asked.text + (figures.asked.pattern == .even ? ", even" : ""),
            figures.reachedPerSecond.map { Decimals.text($0, places: $0 < 100 ? 2 : 1) + "/s" } ?? "-",
            "\(figures.started)",
            figures.lateShare.map { FigureText.percent($0) } ?? "-",
            FigureText.milliseconds(micros: lateness.p50Micros.map(Double.init)),
            FigureText.milliseconds(micros: lateness.p99Micros.map(Double.init)),
            Decimals.text(figures.busyAgents, places: 1),
        ]
    }

    /// What these are sorted by.
    var values: [Double?] {
        [
            figures.askedPerSecond, figures.reachedPerSecond, Double(figures.started), figures.lateShare,
            lateness.p50Micros.map(Double.init), lateness.p99Micros.map(Double.init), figures.busyAgents,
        ]
    }

    var json: JSONValue {
        [
            "from_per_second": .number(figures.asked.fromPerSecond), "to_per_second": .number(figures.asked.perSecond),
            "pattern": .string(figures.asked.pattern.rawValue),
            "asked_per_second": .number(figures.askedPerSecond),
            "reached_per_second": figures.reachedPerSecond.map { .number($0) } ?? .null,
            "due": .integer(figures.due), "started": .integer(figures.started), "late": .integer(figures.late),
            "waiting": .integer(figures.waiting),
            "late_percent": figures.lateShare.map { .number(100 * $0) } ?? .null,
            "busy_agents": .number(figures.busyAgents),
            "lateness": lateness.json,
        ]
    }
}

extension RunTables {
    /// The stages in which sessions arrive, by name.
    var arrivals: [(stage: String, row: ArrivalRow)] {
        stages.compactMap { stage in stage.arrivals.map { (stage.name, $0) } }
    }
}

extension VerdictTable {
    var arrivalLines: [String] {
        let arrivals = report.tables.arrivals
        guard !arrivals.isEmpty else { return [] }
        var table = TextTable(
            [.init(title: "Arrivals", gives: true)] + ArrivalRow.titles.map { .init(title: $0, isNumeric: true) }
        )
        table.rows = arrivals.map { [$0.stage] + $0.row.cells }
        return table.lines(width: width)
    }
}

extension HTMLReport {
    /// Asked and reached rates of sessions; nothing where agents work back to back.
    var arrivalsSection: Markup {
        let rows = report.tables.arrivals.map { stage, row in
            [HTMLTable.Cell(stage)] + zip(row.cells, row.values).map { HTMLTable.Cell($0, $1) }
        }
        return section("Arrivals", table("Arrivals", "Hold of stage", ArrivalRow.titles, rows))
    }
}
