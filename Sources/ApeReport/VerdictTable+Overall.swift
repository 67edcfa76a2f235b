import ApeCore
import ApeMetrics
import ApeRun

extension VerdictTable {
    /// The sentence that sums the run up, and one for each reason why it did not pass.
    var overallLines: [String] {
        let passed = "\(report.verdict.count(.pass)) of \(report.tables.targets.count) targets passed"
        let others = [Verdict.Status.fail, .inconclusive, .notExercised].compactMap(report.count)
        let targets = ([passed] + others).joined(separator: ", ")
        let counts = [targets, report.thresholdCounts].compactMap(\.self).joined(separator: "; ")
        let headline = report.headline
        var lines = WrappedText.lines("Overall: \(headline) (\(counts)).", width: width)
        lines[0] = lines[0].replacing(headline, with: painted(headline, report.headlineStatus), maxReplacements: 1)
        return lines + reasons.flatMap { WrappedText.lines($0, width: width) }
    }

    /// Targets that share a reason share its line.
    private var reasons: [String] {
        var reasons: [String] = []
        switch report.verdict.outcome {
        case .running, .finished: break
        case .budgetSpent: reasons.append(report.budgetSentence)
        case .aborted: reasons.append(report.abortSentence)
        case .interrupted: reasons.append("The run was interrupted: this is what was measured until then.")
        case .suspended:
            reasons.append("The run is suspended, and goes on with --resume: this is what was measured until then.")
        case .fleetFailed(let failure): reasons.append("The fleet could not go on: \(failure.reason)")
        }
        var keys: [[String]: [String]] = [:]
        var order: [[String]] = []
        for row in report.tables.targets where row.status != .notExercised {
            let verdict = row.verdict
            guard let reason = verdict.reason ?? (verdict.status == .fail ? verdict.details : nil) else { continue }
            let group = [row.statusText, reason]
            if keys[group] == nil { order.append(group) }
            keys[group, default: []].append(verdict.key.rawValue)
        }
        for stage in report.verdict.decidingStages.map({ report.tables.stages[$0] }) where stage.status == .fail {
            reasons.append("\(stage.status.rawValue) stage \(stage.name): \(stage.sentence)")
        }
        for row in report.verdict.thresholds where row.status != .pass {
            reasons.append("\(row.statusText) \(row.text): \(row.details)")
        }
        for group in order {
            reasons.append("\(group[0]) \(keys[group, default: []].joined(separator: ", ")): \(group[1])")
        }
        return reasons
    }
}
