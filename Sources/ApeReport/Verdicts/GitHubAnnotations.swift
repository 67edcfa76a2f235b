import ApeCore
import ApeMetrics
import ApeRun

/// What did not pass, as annotations that GitHub Actions shows beside the scenario's lines.
package struct GitHubAnnotations: Sendable {
    /// GitHub shows as many errors of a step, and as many warnings.
    static let maximumOfLevel = 10

    private let report: RunReport

    package init(_ report: RunReport) {
        self.report = report
    }

    /// What fails the run as errors, the rest as warnings; errors first, and at most ten of each.
    package var commands: [WorkflowCommand] {
        let all = outcome + capacity + conditions + stages + regressions + goals
        return bounded(all.filter { $0.level == .error }) + bounded(all.filter { $0.level != .error })
    }

    /// The last one that GitHub shows tells how many it stands for.
    private func bounded(_ commands: [WorkflowCommand]) -> [WorkflowCommand] {
        guard commands.count > Self.maximumOfLevel else { return commands }
        var shown = Array(commands.prefix(Self.maximumOfLevel))
        shown[Self.maximumOfLevel - 1].message += " And \(commands.count - Self.maximumOfLevel) more: see the report."
        return shown
    }

    /// Beside a line of the scenario; the first one where it has none of its own.
    private func command(_ level: WorkflowCommand.Level, _ line: Int?, _ title: String, _ message: String)
        -> WorkflowCommand
    {
        let file = report.places?.file
        return WorkflowCommand(
            level,
            file: file,
            line: file == nil ? nil : line ?? 1,
            title: "APE: \(title)",
            message: message
        )
    }

    /// That the run did not come to its end.
    private var outcome: [WorkflowCommand] {
        switch report.verdict.outcome {
        case .interrupted, .suspended: [command(.warning, nil, report.headline, report.exitSentence)]
        case .fleetFailed(let failure): [command(.error, nil, report.headline, failure.reason)]
        default: []
        }
    }

    private var conditions: [WorkflowCommand] {
        report.conditions.compactMap { row in
            let level: WorkflowCommand.Level
            switch row.status {
            case .fail: level = row.isCritical ? .error : .warning
            case .inconclusive: level = .warning
            case .pass: if row.isMarginal { level = .warning } else { return nil }
            case .notExercised: return nil
            }
            let mark = row.isMarginal && row.status == .pass ? "marginal" : row.status.rawValue
            let measured = "\(row.title): \(row.amount ?? "not measured"), \(row.demand)."
            return command(level, row.line, "\(row.name) \(mark)", "\(measured) \(row.details)")
        }
    }

    /// That a search has no answer.
    private var capacity: [WorkflowCommand] {
        guard let capacity = report.capacity, let reason = capacity.reason else { return [] }
        let level: WorkflowCommand.Level = capacity.status == .fail ? .error : .warning
        return [command(level, nil, "capacity \(capacity.status.rawValue)", reason)]
    }

    /// A search's tries are there to fail.
    private var stages: [WorkflowCommand] {
        guard report.capacity == nil else { return [] }
        return report.tables.stages.compactMap { stage in
            let line = report.places?.stages[stage.name]
            let title = "stage \(stage.name) \(stage.status.rawValue)"
            switch stage.status {
            case .fail: return command(.error, line, title, stage.sentence)
            case .inconclusive: return command(.warning, line, title, stage.sentence)
            case .pass, .notExercised: return nil
            }
        }
    }

    /// Critical targets and thresholds that got worse than the base's by more than may be.
    private var regressions: [WorkflowCommand] {
        guard let baseline = report.baseline, let limit = baseline.regressionLimit else { return [] }
        let table = ComparisonTable(baseline.comparison)
        let lines = Dictionary(report.conditions.map { ($0.name, $0.line) }) { first, _ in first }
        return baseline.comparison.regressions(beyond: limit).map { row in
            let line = lines[row.name] ?? nil
            let (base, run) = (table.amount(row.base, row.unit), table.amount(row.run, row.unit))
            let message = "\(run), \(base) in run \(baseline.comparison.base.id): \(table.change(row))."
            return command(.error, line, "\(row.name) got worse", message)
        }
    }

    private var goals: [WorkflowCommand] {
        report.tables.endedGoals.filter { $0.status == .fail }.map {
            command(.warning, report.places?.goals[$0.name], "goal \($0.name) FAIL", $0.sentence)
        }
    }
}
