import ApeCore
import ApeMetrics
import ApeRun

/// The report in GitHub's Markdown, for pull requests and job summaries.
struct MarkdownReport: Sendable {
    /// Routes, and reasons of failure, that are listed.
    static let maximumRows = 10

    let report: RunReport

    init(_ report: RunReport) {
        self.report = report
    }

    /// The whole text, ended by a newline.
    var text: String {
        var parts = ["## \(mark(report.verdict.status)) APE: \(report.headline)", report.exitSentence.markdown]
        if let reason = report.outcomeReason { parts.append(reason.markdown) }
        parts.append("\(report.run.subject.sentence.markdown) Run `\(report.run.id.codeSpan)`, \(report.when).")
        parts.append(SealText(report).sentences.map(\.markdown).joined(separator: "\\\n"))
        parts += [
            targets, thresholds, capacity, comparison, stages, arrivals, servers, goals, gapParts, tokens, routes,
            streams,
            connections,
            failures,
            completeness,
        ]
        parts.append(report.tables.accounting.sentence.markdown)
        if let drain = report.drainSentence { parts.append(drain.markdown) }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var targets: String {
        let rows = report.tables.targets.map { row -> [String] in
            let interval = row.interval.map { " (\($0.low) … \($0.high))" } ?? ""
            return [
                row.target.shortTitle + (row.target.isCritical ? "" : " *(not critical)*"),
                row.target.sentence.markdown, (row.amount ?? "-") + interval,
                "\(mark(row.status)) \(row.statusText)",
            ]
        }
        var lines = table("Targets", ["Target", "Passes when", "Measured (95 % interval)", "Verdict"], rows)
        let reasons = report.tables.targets.filter { $0.status == .fail || $0.status == .inconclusive }
        if !reasons.isEmpty {
            let items = reasons.map { "- **\($0.verdict.key.rawValue)**: \($0.verdict.details.markdown)" }
            lines += "\n\n" + items.joined(separator: "\n")
        }
        return lines
    }

    private var thresholds: String {
        let all = report.verdict.thresholds
        let rows = all.map { ["`\($0.text.codeSpan)`", $0.measuredWords, "\(mark($0.status)) \($0.statusText)"] }
        let table = table("Thresholds", ["Threshold", "Measured (95 % interval)", "Verdict"], rows)
        let items = all.filter { $0.status != .pass }.map { "- `\($0.text.codeSpan)`: \($0.details.markdown)" }
        return items.isEmpty ? table : table + "\n\n" + items.joined(separator: "\n")
    }

    /// The targets and what changed; nothing where the run was not compared.
    private var comparison: String {
        guard let comparison = report.baseline?.comparison else { return "" }
        let words = ComparisonTable(comparison)
        let shown = comparison.rows.filter { $0.group == .targets || [.better, .worse].contains($0.outcome) }
        let rows = shown.prefix(2 * Self.maximumRows).map { row in
            [
                row.name.markdown, words.amount(row.base, row.unit), words.amount(row.run, row.unit),
                words.change(row), words.result(row),
            ]
        }
        let table = table("Compared with the base", ["Figure", "Base", "Run", "Change", "Result"], rows)
        return table + "\n\n" + (comparison.cautions + [comparison.sentence]).map(\.markdown).joined(separator: " ")
    }

    private var stages: String {
        let rows = report.tables.stages.map { stage -> [String] in
            [
                stage.name.markdown, "\(stage.targetAgents)", stage.achievedAgents.map { "\($0)" } ?? "-",
                FigureText.seconds(micros: stage.mtbaMicros), FigureText.seconds(micros: stage.ttftMicros),
                FigureText.seconds(micros: stage.ttft.p95Micros.map(Double.init)),
                stage.sessions.value.map { Decimals.text(100 * $0, places: 1) + " %" } ?? "-",
                "\(stage.actions)",
            ]
        }
        let header = ["Stage", "Agents", "Achieved", "MTBA", "TTFT mean", "TTFT p95", "Success", "Actions"]
        return table("Stages", header, rows, numbersFrom: 1)
    }

    private var arrivals: String {
        let rows = report.tables.arrivals.map { [$0.stage.markdown] + $0.row.cells }
        return table("Arrivals", ["Stage"] + ArrivalRow.titles, rows, numbersFrom: 1)
    }

    /// Servers' own figures in the largest hold, and what they did not show.
    private var servers: String {
        let rows = report.tables.servers
        let shown = ServerTable(rows, largest: report.ledger.largestStage, limit: Self.maximumRows)
        let cells = shown.rows.map { ["\($0[0].markdown)", "`\($0[1].codeSpan)`"] + $0.dropFirst(2) }
        let title = shown.stage.map { "Servers' own figures in the hold of \($0.markdown)" } ?? ""
        let notes = rows.flatMap(\.notes).map { "- \($0.markdown)" }.joined(separator: "\n")
        let table = table(title, ["Server"] + ServerTable.titles, cells, numbersFrom: 2)
        return [table, notes].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var goals: String {
        let rows = report.tables.endedGoals.map { goal -> [String] in
            [
                goal.name.markdown, "\(goal.share.trials)", "\(goal.sessions?.failed ?? 0)",
                goal.share.value.map { Decimals.text(100 * $0, places: 1) + " %" } ?? "-",
            ]
        }
        return table(
            "Goals",
            ["Goal", "Completed sessions", "Failed", "Successful and stateful"],
            rows,
            numbersFrom: 1
        )
    }

    private var gapParts: String {
        let gap = report.tables.hold.gapBreakdown
        guard gap.gaps > 0 else { return "" }
        let rows = GapBreakdown.Part.allCases.compactMap { part -> [String]? in
            gap.share(part).map { share in
                [
                    part.title, FigureText.seconds(micros: gap.meanMicros(part)),
                    Decimals.text(100 * share, places: 1) + " %",
                ]
            }
        }
        return table("Where the time goes", ["Part of the gap", "Mean", "Share"], rows, numbersFrom: 1)
    }

    /// The tokens of each hold and of the whole run; nothing where no model was asked.
    private var tokens: String {
        let all = report.tables.tokens
        guard let sentence = all.sentence else { return "" }
        let stages = report.tables.stages.map { ($0.name.markdown, $0.tokens) }
        let rows = (stages + [("*whole run*", all)]).filter { $0.1.tokens != nil }.map { name, row -> [String] in
            [name]
                + [
                    row.text(\.input), row.cachedShareText, row.text(\.output), row.text(\.reasoning),
                    row.perDecisionText, row.costText, row.costPerSessionText,
                ].map(\.markdown)
        }
        let header = ["Hold of stage", "In", "From cache", "Out", "Reasoning", "A decision", "Cost", "Cost a session"]
        let table = table("Tokens", header, rows, numbersFrom: 1)
        return (table.isEmpty ? "### Tokens" : table) + "\n\n" + sentence.markdown
    }

    private var routes: String {
        let all = report.tables.answeringRoutes
        let rows = all.prefix(Self.maximumRows).map { route -> [String] in
            let answers = route.answers
            return ["`\(route.name.codeSpan)`", "\(answers.count)", "\(route.errors)"]
                + [answers.meanMicros, answers.p95Micros.map(Double.init), answers.p99Micros.map(Double.init)]
                .map(FigureText.seconds(micros:))
        }
        let title = all.count > rows.count ? "Top \(rows.count) of \(all.count) routes by time spent" : "Routes"
        return table(title, ["Route", "Answers", "Errors", "Mean", "p95", "p99"], rows, numbersFrom: 1)
    }

    private var streams: String {
        let rows = report.tables.streams.map { row -> [String] in
            let (first, gap) = (row.firstEvent, row.eventGap)
            return ["`\(row.route.codeSpan)`", "\(row.answers)", "\(row.left)", "\(row.silent)", "\(row.events)"]
                + [
                    first.meanMicros, first.p95Micros.map(Double.init), first.p99Micros.map(Double.init),
                    gap.meanMicros, gap.p99Micros.map(Double.init), gap.maxMicros.map(Double.init),
                ].map(FigureText.milliseconds(micros:))
        }
        return table("Answers that stream", ["Route"] + StreamRow.titles, rows, numbersFrom: 1)
    }

    private var connections: String {
        let rows = report.tables.connections.map { row -> [String] in
            [row.title.markdown, "\(row.opened)", "\(row.reused)", "\(row.failed)", "\(row.repeated)"]
                + [
                    row.connect.meanMicros, row.connect.p99Micros.map(Double.init), row.tls.meanMicros,
                    row.tls.p99Micros.map(Double.init),
                ].map(FigureText.milliseconds(micros:))
        }
        return table(
            "Connections",
            ["To", "Opened", "Reuses", "Failed", "Sent again", "Connect", "p99", "TLS", "p99"],
            rows,
            numbersFrom: 1
        )
    }

    private var failures: String {
        let rows = report.tables.failures.prefix(Self.maximumRows).map {
            [
                $0.kind.rawValue, $0.party.rawValue, $0.reason.markdown, $0.place.map { "`\($0.codeSpan)`" } ?? "-",
                $0.goal?.markdown ?? "-", "\($0.number)",
            ]
        }
        return table("Failures", ["Failed", "Party", "Reason", "Where", "Goal", "Number"], rows, numbersFrom: 5)
    }

    private var completeness: String {
        let row = report.tables.completeness
        let (whole, outages, stalls) = (row.run, row.outages.count, row.storeStalls.count)
        let words = "\(whole.receivedSeconds) of \(whole.expectedSeconds) worker seconds came in"
        return "**Completeness**: \(words)" + (whole.missingSeconds > 0 ? ", \(whole.missingSeconds) are missing" : "")
            + (outages > 0 ? "; the coordinator was away \(outages) times" : "")
            + (stalls > 0 ? "; the run's database took nothing for a while \(stalls) times" : "") + "."
    }

    func table(_ title: String, _ header: [String], _ rows: [[String]], numbersFrom: Int = .max) -> String {
        guard !rows.isEmpty else { return "" }
        let rule = header.indices.map { $0 >= numbersFrom ? "---:" : "---" }
        let lines = [header, rule] + rows
        return "### \(title)\n\n" + lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    func mark(_ status: Verdict.Status) -> String {
        switch status {
        case .pass: "✅"
        case .fail: "❌"
        case .inconclusive: "⚠️"
        case .notExercised: "➖"
        }
    }
}
