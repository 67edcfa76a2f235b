import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// Events that are listed.
    private static let maximumEvents = 200

    var stagesSection: Markup {
        let rows = report.stages.map { stage -> [HTMLTable.Cell] in
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
        return section("Stages", table("Stages", "Stage", titles, rows))
    }

    var goalsSection: Markup {
        let rows = report.ledger.hold.goalSessions.sorted { $0.key < $1.key }.map {
            goal,
            sessions -> [HTMLTable.Cell] in
            let share = sessions.completed == 0 ? nil : Double(sessions.successfulStateful) / Double(sessions.completed)
            return [
                HTMLTable.Cell(goal), count(sessions.completed), count(sessions.failed),
                HTMLTable.Cell(Figures.percent(share), share),
            ]
        }
        return section("Goals", table("Goals", "Goal", ["Completed", "Failed", "Successful and stateful"], rows))
    }

    var routesSection: Markup {
        let all = report.ledger.hold.sortedRoutes
        let errors = report.ledger.hold.errorsByRoute
        let total = Double(all.reduce(Int64(0)) { $0.addingClamped($1.histogram.sumMicros) })
        let rows = all.map { route, histogram -> [HTMLTable.Cell] in
            let share = total > 0 ? Double(histogram.sumMicros) / total : nil
            let code: Markup = "<code>\(route)</code>"
            return [HTMLTable.Cell(code), count(histogram.count), count(errors[route] ?? 0)]
                + [seconds(histogram.meanMicros)]
                + [50, 95, 99].map { seconds(histogram.percentile($0)) }
                + [seconds(histogram.maxMicros), HTMLTable.Cell(Figures.percent(share), share)]
        }
        let titles = ["Answers", "Errors", "Mean", "p50", "p95", "p99", "Max", "Share of target time"]
        return section("Routes of the target", table("Routes", "Route", titles, rows))
    }

    var failuresSection: Markup {
        let hold = report.ledger.hold
        let families: [(what: String, family: CounterFamily)] = [
            ("sessions", .sessionsFailed), ("attempts at decisions", .decisionErrors),
        ]
        let rows = families.flatMap { what, family in
            hold.sortedReasons(of: family).map { reason, number -> [HTMLTable.Cell] in
                let owner = FailureFamily(reason: reason).rawValue
                return [HTMLTable.Cell(what), HTMLTable.Cell(owner), HTMLTable.Cell(reason), count(number)]
            }
        }
        let sorted = rows.sorted { ($0[3].value ?? 0) > ($1[3].value ?? 0) }
        let table = HTMLTable(
            label: "Failures",
            columns: [
                .init(title: "Failed"), .init(title: "Whose"), .init(title: "Reason"),
                .init(title: "Number", isNumeric: true),
            ],
            rows: sorted
        )
        let completed = hold.completedSessions
        let words =
            "\(Figures.count(hold.failedSessions)) of \(Figures.count(completed)) completed sessions failed in the holds."
        return section("Failures", "<p>\(words)</p>", table.markup)
    }

    var eventsSection: Markup {
        let events = report.ledger.events.prefix(Self.maximumEvents)
        let rows = events.map { event -> [HTMLTable.Cell] in
            let time = String(Timestamp.text(micros: event.atMicros).dropFirst(11).prefix(8))
            return [
                HTMLTable.Cell(time, Double(event.atMicros)), HTMLTable.Cell(event.level.rawValue),
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
