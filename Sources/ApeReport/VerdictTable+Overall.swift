import ApeCore
import ApeMetrics
import ApeRun

extension VerdictTable {
    /// The sentence that sums the run up, and one for each reason why it did not pass.
    var overallLines: [String] {
        let verdict = report.verdict
        let total = verdict.verdicts.count
        var counts = ["\(verdict.count(.pass)) of \(total) targets passed"]
        for (status, words) in [
            (Verdict.Status.fail, "failed"), (.inconclusive, "inconclusive"), (.notExercised, "not exercised"),
        ] where verdict.count(status) > 0 {
            counts.append("\(verdict.count(status)) \(words)")
        }
        let words = ReportWords(report)
        let headline = words.headline
        var lines = WrappedText.lines("Overall: \(headline) (\(counts.joined(separator: ", "))).", width: width)
        lines[0] = lines[0].replacing(headline, with: painted(headline, words.headlineStatus), maxReplacements: 1)
        return lines + reasons.flatMap { WrappedText.lines($0, width: width) }
    }

    /// Targets that share a reason share its line.
    private var reasons: [String] {
        var reasons: [String] = []
        switch report.verdict.outcome {
        case .finished: break
        case .interrupted: reasons.append("The run was interrupted: this is what was measured until then.")
        case .fleetFailed(let reason): reasons.append("The fleet could not go on: \(reason)")
        }
        var keys: [[String]: [String]] = [:]
        var order: [[String]] = []
        for verdict in report.verdict.verdicts where verdict.status != .notExercised {
            guard let reason = verdict.reason ?? (verdict.status == .fail ? verdict.details : nil) else { continue }
            let group = [verdict.status.rawValue + (verdict.marginal ? " (marginal)" : ""), reason]
            if keys[group] == nil { order.append(group) }
            keys[group, default: []].append(verdict.key.rawValue)
        }
        for group in order {
            reasons.append("\(group[0]) \(keys[group, default: []].joined(separator: ", ")): \(group[1])")
        }
        return reasons
    }
}
