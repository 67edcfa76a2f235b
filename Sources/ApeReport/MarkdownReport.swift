import ApeCore
import ApeMetrics
import ApeRun

/// The report in GitHub's Markdown, for pull requests and job summaries.
package struct MarkdownReport: Sendable {
    /// Routes, and reasons of failure, that are listed.
    package static let maximumRows = 10

    private let report: ValidationReport

    package init(_ report: ValidationReport) {
        self.report = report
    }

    /// The whole text, ended by a newline.
    package var text: String {
        let words = ReportWords(report)
        var parts = ["## \(mark(report.verdict.status)) APE: \(words.headline)", words.exitSentence.markdown]
        parts.append("\(report.run.subject.sentence.markdown) Run `\(report.run.id.codeSpan)`, \(words.when).")
        parts += [targets, comparison, stages, goals, gapParts, routes, failures, completeness]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var targets: String {
        let rows = report.verdict.verdicts.map { verdict -> [String] in
            let target = verdict.target
            let measured = verdict.measured.map { target.amount($0) } ?? "-"
            let interval = verdict.interval.map { " (\(target.digits($0.low)) … \(target.digits($0.high)))" } ?? ""
            let status = verdict.status.rawValue + (verdict.marginal ? " (marginal)" : "")
            return [
                target.shortTitle + (target.isCritical ? "" : " *(not critical)*"),
                target.sentence.markdown, measured + interval, "\(mark(verdict.status)) \(status)",
            ]
        }
        var lines = table("Targets", ["Target", "Passes when", "Measured (95 % interval)", "Verdict"], rows)
        let reasons = report.verdict.verdicts.filter { $0.status == .fail || $0.status == .inconclusive }
        if !reasons.isEmpty {
            lines += "\n\n" + reasons.map { "- **\($0.key.rawValue)**: \($0.details.markdown)" }.joined(separator: "\n")
        }
        return lines
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
        let rows = report.stages.map { stage -> [String] in
            [
                stage.name.markdown, "\(stage.targetAgents)", stage.achievedAgents.map { "\($0)" } ?? "-",
                Words.seconds(micros: stage.mtbaMicros), Words.seconds(micros: stage.ttftMicros),
                Words.seconds(micros: stage.ttft.p95Micros.map(Double.init)),
                stage.sessions.value.map { Decimals.text(100 * $0, places: 1) + " %" } ?? "-",
                "\(stage.actions)",
            ]
        }
        let header = ["Stage", "Agents", "Achieved", "MTBA", "TTFT mean", "TTFT p95", "Success", "Actions"]
        return table("Stages", header, rows, numbersFrom: 1)
    }

    private var goals: String {
        let rows = report.ledger.hold.goalSessions.sorted { $0.key < $1.key }.map { goal, sessions -> [String] in
            let share = sessions.completed == 0 ? nil : Double(sessions.successfulStateful) / Double(sessions.completed)
            let percent = share.map { Decimals.text($0 * 100, places: 1) + " %" } ?? "-"
            return [goal.markdown, "\(sessions.completed)", "\(sessions.failed)", percent]
        }
        return table(
            "Goals",
            ["Goal", "Completed sessions", "Failed", "Successful and stateful"],
            rows,
            numbersFrom: 1
        )
    }

    private var gapParts: String {
        let gap = report.ledger.hold.gapBreakdown
        guard gap.gaps > 0, gap.gapMicros > 0 else { return "" }
        let rows = GapBreakdown.Part.allCases.map { part -> [String] in
            let share = Decimals.text(100 * Double(gap[part: part]) / Double(gap.gapMicros), places: 1)
            return [part.title, Words.seconds(micros: gap.meanMicros(part)), "\(share) %"]
        }
        return table("Where the time goes", ["Part of the gap", "Mean", "Share"], rows, numbersFrom: 1)
    }

    private var routes: String {
        let all = report.ledger.hold.sortedRoutes
        let errors = report.ledger.hold.errorsByRoute
        let rows = all.prefix(Self.maximumRows).map { route, histogram -> [String] in
            let percentiles = histogram.percentiles([95, 99]).map { Words.seconds(micros: Double($0)) }
            return [
                "`\(route.codeSpan)`", "\(histogram.count)", "\(errors[route] ?? 0)",
                Words.seconds(micros: histogram.meanMicros),
            ]
                + percentiles
        }
        let title = all.count > rows.count ? "Top \(rows.count) of \(all.count) routes by time spent" : "Routes"
        return table(title, ["Route", "Answers", "Errors", "Mean", "p95", "p99"], rows, numbersFrom: 1)
    }

    private var failures: String {
        let hold = report.ledger.hold
        let sessions = hold.sortedReasons(of: .sessionsFailed).map { ("sessions", $0.reason, $0.number) }
        let decisions = hold.sortedReasons(of: .decisionErrors).map { ("decisions", $0.reason, $0.number) }
        let all = (sessions + decisions).sorted { $0.2 > $1.2 }
        let rows = all.prefix(Self.maximumRows).map { ["\($0.0)", $0.1.markdown, "\($0.2)"] }
        return table("Failures", ["Failed", "Reason", "Number"], rows, numbersFrom: 2)
    }

    private var completeness: String {
        let whole = report.ledger.completeness
        let words = "\(whole.receivedSeconds) of \(whole.expectedSeconds) worker seconds came in"
        let outages = report.ledger.books.coordinatorOutages.count
        return "**Completeness**: \(words)" + (whole.missingSeconds > 0 ? ", \(whole.missingSeconds) are missing" : "")
            + (outages > 0 ? "; the coordinator was away \(outages) times" : "") + "."
    }

    private func table(_ title: String, _ header: [String], _ rows: [[String]], numbersFrom: Int = .max) -> String {
        guard !rows.isEmpty else { return "" }
        let rule = header.indices.map { $0 >= numbersFrom ? "---:" : "---" }
        let lines = [header, rule] + rows
        return "### \(title)\n\n" + lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private func mark(_ status: Verdict.Status) -> String {
        switch status {
        case .pass: "✅"
        case .fail: "❌"
        case .inconclusive: "⚠️"
        case .notExercised: "➖"
        }
    }
}

extension String {
    /// Text that Markdown shows as it is, on one line: nothing in it is markup, a link, a mention or a table's edge.
    var markdown: String {
        var text = ""
        for character in self {
            if character.isNewline {
                text += " "
            } else if character == "<" {
                text += "&lt;"
            } else if character == "&" {
                text += "&amp;"
            } else if character == "@" {
                text += "@<!-- -->"
            } else {
                if "\\`*_{}[]()#+!|~".contains(character) { text += "\\" }
                text.append(character)
            }
        }
        return text
    }

    /// Text for between two backticks in a table.
    var codeSpan: String {
        String(map { $0.isNewline ? " " : $0 == "`" ? "'" : $0 }).replacing("|", with: "\\|")
    }
}
