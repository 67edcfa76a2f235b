import ApeCore
import ApeMetrics
import ApeRun

/// What a run's end looks like in a terminal: the eight verdicts, the stages, what failed most, and one sentence.
package struct VerdictTable: Sendable {
    package static let defaultWidth = 100
    /// Narrower terminals get lines of this length.
    static let leastWidth = 76
    /// Reasons of failed sessions and decisions that are listed.
    package static let maximumFailures = 5

    package var report: RunReport
    /// Columns of the terminal.
    package var width: Int
    package var isColoured: Bool

    package init(_ report: RunReport, width: Int = Self.defaultWidth, isColoured: Bool = false) {
        self.report = report
        self.width = max(width, Self.leastWidth)
        self.isColoured = isColoured
    }

    /// The whole text, ended by a newline.
    package var text: String {
        let head = SealText(report).sentences.flatMap { WrappedText.lines($0, width: width) }
        var parts = [head, verdictLines, thresholdLines, capacityLines, stageLines, arrivalLines, serverLines]
        parts.append(failureLines)
        parts.append(WrappedText.lines(report.run.subject.sentence, width: width) + overallLines + completenessLines)
        parts[parts.count - 1] += WrappedText.lines(report.tables.accounting.sentence, width: width)
        if let tokens = report.tables.tokens.sentence {
            parts[parts.count - 1] += WrappedText.lines(tokens, width: width)
        }
        if let connections = ConnectionRow.sentence(report.tables.connections) {
            parts[parts.count - 1] += WrappedText.lines(connections, width: width)
        }
        if let drain = report.drainSentence { parts[parts.count - 1] += WrappedText.lines(drain, width: width) }
        parts.append(analysisLines)
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var verdictLines: [String] {
        var table = TextTable([
            .init(title: "KPI", gives: true), .init(title: "Target"),
            .init(title: "Measured (95 % interval)", gives: true),
            .init(title: "Verdict"),
        ])
        let targets = report.tables.targets
        table.rows = targets.map { row in
            let target = row.target
            return [
                target.shortTitle + (target.isCritical ? "" : " (not critical)"),
                "\(target.direction.rawValue) \(target.short(target.value))\(target.symbol)", measured(row),
                row.statusText,
            ]
        }
        return table.lines(width: width) { row, column, text in
            column == 3 ? painted(text, targets[row].status) : text
        }
    }

    private var thresholdLines: [String] {
        let all = report.verdict.thresholds
        guard !all.isEmpty else { return [] }
        var table = TextTable([
            .init(title: "Threshold", gives: true), .init(title: "Measured (95 % interval)"),
            .init(title: "Verdict"),
        ])
        table.rows = all.map { [$0.text, $0.measuredWords, $0.statusText] }
        return table.lines(width: width) { row, column, text in column == 2 ? painted(text, all[row].status) : text }
    }

    private func measured(_ row: TargetRow) -> String {
        (row.amount ?? "-") + (row.interval.map { " (\($0.low) .. \($0.high))" } ?? "")
    }

    private var stageLines: [String] {
        var table = TextTable([
            .init(title: "Stage", gives: true), .init(title: "Agents", isNumeric: true),
            .init(title: "Achieved", isNumeric: true), .init(title: "MTBA", isNumeric: true),
            .init(title: "TTFT mean", isNumeric: true), .init(title: "TTFT p95", isNumeric: true),
            .init(title: "Success", isNumeric: true), .init(title: "Actions", isNumeric: true),
        ])
        table.rows = report.tables.stages.map { stage in
            [
                stage.name, String(stage.targetAgents), stage.achievedAgents.map(String.init) ?? "-",
                FigureText.seconds(micros: stage.mtbaMicros), FigureText.seconds(micros: stage.ttftMicros),
                FigureText.seconds(micros: stage.ttft.p95Micros.map(Double.init)),
                stage.sessions.value.map { Decimals.text(100 * $0, places: 1) + " %" } ?? "-",
                String(stage.actions),
            ]
        }
        return table.rows.isEmpty ? [] : table.lines(width: width)
    }

    /// Series of one server that are listed.
    private static let maximumSeries = 8

    private var serverLines: [String] {
        let servers = report.tables.servers
        guard !servers.isEmpty else { return [] }
        let shown = ServerTable(servers, largest: report.ledger.largestStage, limit: Self.maximumSeries)
        var table = TextTable(
            [.init(title: "Server"), .init(title: ServerTable.titles[0], gives: true)]
                + ServerTable.titles.dropFirst().map { .init(title: $0, isNumeric: true) }
        )
        table.rows = shown.rows
        let title = shown.stage.map { ["Servers' own figures in the hold of \($0)"] } ?? []
        let lines = table.rows.isEmpty ? [] : title + table.lines(width: width)
        return lines + servers.flatMap(\.notes).flatMap { WrappedText.lines($0, width: width) }
    }

    private var failureLines: [String] {
        let all = report.tables.failures
        guard !all.isEmpty else { return [] }
        var table = TextTable([
            .init(title: "Failed"), .init(title: "Party"), .init(title: "Reason", gives: true),
            .init(title: "Where", gives: true), .init(title: "Number", isNumeric: true),
        ])
        table.rows = all.prefix(Self.maximumFailures).map {
            [$0.kind.rawValue, $0.party.rawValue, $0.reason, $0.place ?? "-", String($0.number)]
        }
        let rest = all.dropFirst(Self.maximumFailures).reduce(Int64(0)) { $0.addingClamped($1.number) }
        return table.lines(width: width) + (rest > 0 ? ["and \(rest) for other reasons"] : [])
    }

    func painted(_ text: String, _ status: Verdict.Status) -> String {
        guard isColoured else { return text }
        let style: TerminalStyle =
            switch status {
            case .pass: .green
            case .fail: .red
            case .inconclusive: .yellow
            case .notExercised: .faint
            }
        return style.around(text)
    }
}
