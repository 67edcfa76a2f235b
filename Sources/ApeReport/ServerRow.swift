import ApeCore
import ApeMetrics
import ApeRun

/// One server's own figures, stage by stage.
package struct ServerRow: Sendable {
    let server: ServerLedger
    let series: [Figure]
    /// What it did not show of holds, each in a clause.
    let silences: [String]

    /// One series.
    struct Figure: Sendable {
        var series: ServerLedger.Series
        /// The stages in whose holds it was seen, in the plan's order.
        var holds: [Hold]
    }

    /// A series in one hold.
    struct Hold: Sendable {
        /// The stage's place in the plan.
        var index: Int
        var stage: String
        var figures: ServerFigures
        /// nil where too little was seen to tell.
        var rise: Double?
    }

    static func rows(of ledger: RunLedger) -> [ServerRow] {
        ledger.servers.servers.map { server in
            ServerRow(
                server: server,
                series: server.series.map { series in
                    Figure(
                        series: series,
                        holds: ledger.stages.indices.compactMap { index in
                            series.holds[index].map {
                                Hold(
                                    index: index,
                                    stage: ledger.stages[index].stage.name,
                                    figures: $0.figures,
                                    rise: $0.rise
                                )
                            }
                        }
                    )
                },
                silences: ledger.stages.indices.compactMap { index in
                    let held = ledger.stages[index].heldSeconds.count
                    guard held > 0, let words = server.silence(in: index, held: held) else { return nil }
                    return words + " in the hold of \(ledger.stages[index].stage.name)"
                }
            )
        }
    }

    /// What is said of it beside its figures: restarts, silence, and what it does not show.
    var notes: [String] {
        var notes = silences.map { $0 + "." }
        let times = server.restarts.prefix(3).map { Timestamp.text(micros: $0.micros) }
        if !times.isEmpty {
            let more =
                server.restarts.count > times.count ? " and \(server.restarts.count - times.count) times more" : ""
            notes.append(
                "\(server.name) restarted at \(times.joined(separator: ", "))\(more): its counters began anew."
            )
        }
        if !server.absent.isEmpty {
            notes.append("\(server.name) does not show \(server.absent.joined(separator: ", ")).")
        }
        return notes.map { PlainText.line($0) }
    }

    var json: JSONValue {
        [
            "name": .string(server.name), "party": .string(server.party.rawValue),
            "every_seconds": .seconds(server.everyMicros),
            "restarts": .array(server.restarts.map { .string(Timestamp.text(micros: $0.micros)) }),
            "absent": .array(server.absent.map { .string($0) }),
            "notes": .array(notes.map { .string($0) }),
            "series": .array(
                series.map { figure in
                    [
                        "series": .string(figure.series.name), "kind": .string(figure.series.kind.rawValue),
                        "unit": .string(figure.series.unit.rawValue), "holds": .array(figure.holds.map(\.json)),
                    ]
                }
            ),
        ]
    }
}

extension ServerRow.Hold {
    fileprivate var json: JSONValue {
        [
            "stage": .string(stage), "samples": .integer(figures.count),
            "mean": figures.mean.map { .number($0) } ?? .null, "min": .number(figures.least),
            "max": .number(figures.greatest), "last": .number(figures.last), "rise": rise.map { .number($0) } ?? .null,
        ]
    }
}

/// A table of servers' figures in the hold that shows most of the load.
struct ServerTable {
    static let titles = ["Series", "Mean", "Least", "Greatest", "Last", "Rise"]

    /// The stage whose hold is shown; nil where no server showed anything.
    let stage: String?
    /// For each series: server, series, figures.
    let rows: [[String]]

    /// - Parameters:
    ///   - rows: the servers'.
    ///   - largest: the stage that means maximum load.
    ///   - limit: the most series of one server.
    init(_ rows: [ServerRow], largest: Int?, limit: Int = .max) {
        let shown = Set(rows.flatMap { $0.series.flatMap { $0.holds.map(\.index) } })
        let index = largest.flatMap { shown.contains($0) ? $0 : nil } ?? shown.max()
        var stage: String?
        self.rows = rows.flatMap { row in
            row.series.compactMap { figure -> [String]? in
                guard let hold = figure.holds.first(where: { $0.index == index }) else { return nil }
                stage = hold.stage
                let unit = figure.series.unit
                let values = [hold.figures.mean, hold.figures.least, hold.figures.greatest, hold.figures.last]
                let rise = hold.rise.map { ($0 > 0 ? "+" : "") + unit.text($0) } ?? "-"
                return [row.server.name, figure.series.name] + values.map { $0.map(unit.text) ?? "-" } + [rise]
            }
            .prefix(limit)
        }
        self.stage = stage.map { PlainText.line($0) }
    }
}
