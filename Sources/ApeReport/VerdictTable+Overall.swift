import ApeCore
import ApeMetrics

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
        let sentence = "Overall: \(painted(headline, verdict.status)) (\(counts.joined(separator: ", ")))."
        return [sentence] + reasons.flatMap { WrappedText.lines($0, width: width) }
    }

    private var headline: String {
        switch report.verdict.outcome {
        case .finished: report.verdict.status.rawValue
        case .interrupted: "INTERRUPTED"
        case .fleetFailed: "FLEET FAILED"
        }
    }

    private var reasons: [String] {
        var reasons: [String] = []
        switch report.verdict.outcome {
        case .finished: break
        case .interrupted: reasons.append("The run was interrupted: this is what was measured until then.")
        case .fleetFailed(let reason): reasons.append("The fleet could not go on: \(reason)")
        }
        for verdict in report.verdict.verdicts {
            switch verdict.status {
            case .fail, .inconclusive:
                reasons.append("\(verdict.status.rawValue) \(verdict.key.rawValue): \(verdict.details)")
            case .pass where verdict.marginal:
                reasons.append("marginal \(verdict.key.rawValue): \(verdict.details)")
            case .pass, .notExercised: break
            }
        }
        return reasons
    }
}

extension KPITarget {
    /// A few words for a table.
    var shortTitle: String {
        switch key {
        case .mtbaThreshold: "MTBA, under 500 agents"
        case .mtbaHighLoad: "MTBA, 500 agents and more"
        case .cognitiveLatencyTTFT: "TTFT, mean"
        case .successfulStatefulSessions: "Successful stateful sessions"
        case .maxConcurrentAgents: "Concurrent agents"
        case .agentStartupTime: "Agent startup, mean"
        case .systemMemoryEfficiency: "Memory in use"
        case .systemCPUEfficiency: "CPU in use"
        }
    }

    /// A value of this target's unit without the unit.
    func digits(_ value: Double) -> String {
        switch unit {
        case .seconds: Decimals.text(value, places: 3)
        case .percent: Decimals.text(value, places: 1)
        case .agents: Decimals.text(value, places: 0)
        }
    }

    /// A value of this target's unit.
    func amount(_ value: Double) -> String {
        switch unit {
        case .seconds: digits(value) + " s"
        case .percent: digits(value) + " %"
        case .agents: digits(value)
        }
    }
}
