import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

extension RunReport {
    /// What to do, the most urgent first: what the analysis of the run found, then what would make open verdicts ones
    /// that stand.
    package var recommendations: [String] {
        let found = analysis.recommendations.filter { $0.priority != .low }
            .map { "\($0.description) \($0.action)" }
        let all = found + notes
        if !all.isEmpty { return all }
        return verdict.status == .pass ? ["All targets passed: nothing to do."] : failures
    }

    /// What failed, where the run does not show why.
    private var failures: [String] {
        verdict.failedStages.compactMap(\.reason)
            + verdict.criticalFailures.map { "\($0.target.title) failed: \($0.details)" }
            + verdict.failedThresholds.map { "\($0.text) failed: \($0.details)" }
    }

    /// What keeps verdicts open that no change to what was tested would decide.
    var notes: [String] {
        var notes = verdict.outcome == .budgetSpent ? [Self.budgetAdvice] : []
        for verdict in verdict.verdicts {
            if verdict.status == .inconclusive {
                notes.append("\(verdict.target.title) was not decided: \(verdict.details)")
            } else if verdict.status == .notExercised, verdict.key == .maxConcurrentAgents, capacity == nil {
                let needed = Decimals.text(verdict.target.value.rounded(.up), places: 0)
                notes.append("Run with --max-agents \(needed) or more to exercise the concurrency target.")
            }
        }
        for verdict in verdict.thresholds where verdict.status == .inconclusive {
            notes.append("\(verdict.text) was not decided: \(verdict.details)")
        }
        let marginal = verdict.verdicts.filter { $0.marginal && $0.status == .pass }
        if !marginal.isEmpty {
            let names = marginal.map(\.key.rawValue).joined(separator: ", ")
            notes.append("Measure longer: the 95 % interval straddles the target of \(names).")
        }
        return notes
    }
}
