import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// Events that are listed.
    private static let maximumEvents = 200

    var stagesSection: Markup {
        let rows = report.tables.stages.map { stage -> [HTMLTable.Cell] in
            let (share, rate) = (stage.sessions.value, stage.actionsPerSecond)
            return [
                HTMLTable.Cell(stage.name), count(Int64(stage.targetAgents)),
                HTMLTable.Cell(stage.achievedAgents.map { "\($0)" } ?? "–", stage.achievedAgents.map(Double.init)),
                HTMLTable.Cell("\(stage.heldSeconds) s", Double(stage.heldSeconds)),
                seconds(stage.mtbaMicros), seconds(stage.gap.p95Micros), seconds(stage.ttftMicros),
                seconds(stage.ttft.p95Micros), HTMLTable.Cell(Figures.percent(share), share),
                HTMLTable.Cell(rate.map { Figures.number($0, places: 1) } ?? "–", rate),
            ]
        }
        let titles = [
            "Agents", "Achieved", "Hold", "MTBA", "Gap p95", "TTFT mean", "TTFT p95", "Sessions good", "Actions/s",
        ]
        return section(
            "Stages",
            table("Stages", "Stage", titles, rows),
            "<p class=\"muted\">\(report.tables.accounting.sentence)</p>"
        )
    }

    var goalsSection: Markup {
        let rows = report.tables.endedGoals.map { goal -> [HTMLTable.Cell] in
            [
                HTMLTable.Cell(goal.name), count(goal.share.trials), count(goal.sessions?.failed ?? 0),
                HTMLTable.Cell(Figures.percent(goal.share.value), goal.share.value),
            ]
        }
        return section("Goals", table("Goals", "Goal", ["Completed", "Failed", "Successful and stateful"], rows))
    }

    var routesSection: Markup {
        let rows = report.tables.answeringRoutes.map { route -> [HTMLTable.Cell] in
            let (code, answers): (Markup, SeriesRow) = ("<code>\(route.name)</code>", route.answers)
            let percentiles = [answers.p50Micros, answers.p95Micros, answers.p99Micros]
            return [HTMLTable.Cell(code), count(answers.count), count(route.errors), seconds(answers.meanMicros)]
                + (percentiles + [answers.maxMicros]).map { seconds($0) }
                + [HTMLTable.Cell(Figures.percent(route.share), route.share)]
        }
        let titles = ["Answers", "Errors", "Mean", "p50", "p95", "p99", "Max", "Share of target time"]
        return section("Routes of the target", table("Routes", "Route", titles, rows))
    }

    /// The routes whose answers are streams of events; nothing where there are none.
    var streamsSection: Markup {
        let all = report.tables.streams
        guard !all.isEmpty else { return .empty }
        let rows = all.map { row -> [HTMLTable.Cell] in
            let (code, first, gap): (Markup, SeriesRow, SeriesRow) = (
                "<code>\(row.route)</code>", row.firstEvent, row.eventGap
            )
            return [HTMLTable.Cell(code)] + [row.answers, row.left, row.silent, row.events].map { count($0) }
                + [seconds(first.meanMicros), seconds(first.p95Micros), seconds(first.p99Micros)]
                + [seconds(gap.meanMicros), seconds(gap.p99Micros), seconds(gap.maxMicros)]
        }
        return section("Answers that stream", table("Answers that stream", "Route", StreamRow.titles, rows))
    }

    var failuresSection: Markup {
        let hold = report.tables.hold
        let rows = report.tables.failures.map { row -> [HTMLTable.Cell] in
            [
                HTMLTable.Cell(row.kind == .sessions ? "sessions" : "attempts at decisions"),
                HTMLTable.Cell(row.party.rawValue), HTMLTable.Cell(row.reason), HTMLTable.Cell(row.place ?? "–"),
                HTMLTable.Cell(row.goal ?? "–"), count(row.number),
            ]
        }
        let table = HTMLTable(
            label: "Failures",
            columns: [
                .init(title: "Failed"), .init(title: "Party"), .init(title: "Reason"), .init(title: "Where"),
                .init(title: "Goal"),
                .init(title: "Number", isNumeric: true),
            ],
            rows: rows
        )
        let completed = hold.completedSessions
        let words =
            "\(Figures.count(hold.failedSessions)) of \(Figures.count(completed)) completed sessions failed in the holds."
        return section("Failures", "<p>\(words)</p>", table.markup)
    }

    var eventsSection: Markup {
        let events = report.ledger.events.prefix(Self.maximumEvents)
        let rows = events.map { event -> [HTMLTable.Cell] in
            let time = String(Timestamp.text(event.at).dropFirst(11).prefix(8))
            return [
                HTMLTable.Cell(time, Double(event.at.micros)), HTMLTable.Cell(event.level.rawValue),
                HTMLTable.Cell(event.code), HTMLTable.Cell(event.message),
            ]
        }
        let table = HTMLTable(
            label: "Events",
            columns: [
                .init(title: "Time (UTC)"), .init(title: "Level"), .init(title: "Code"),
                .init(title: "What happened", isWide: true),
            ],
            rows: rows
        )
        let rest = Int64(report.ledger.events.count - events.count).addingClamped(report.ledger.eventsDropped)
        return section(
            "What happened to the fleet",
            table.markup,
            rest > 0 ? "<p class=\"muted\">\(Figures.count(rest)) more are not shown.</p>" : .empty
        )
    }

    func table(_ label: String, _ first: String, _ numbers: [String], _ rows: [[HTMLTable.Cell]]) -> Markup {
        let columns = [HTMLTable.Column(title: first)] + numbers.map { .init(title: $0, isNumeric: true) }
        return HTMLTable(label: label, columns: columns, rows: rows).markup
    }
}
