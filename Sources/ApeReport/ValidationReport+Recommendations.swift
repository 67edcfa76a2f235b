import ApeCore
import ApeMetrics

extension ValidationReport {
    /// What to do about each target that did not pass, from what was measured; one sentence each.
    package var recommendations: [String] {
        var found: [String] = []
        for verdict in verdict.verdicts {
            switch verdict.status {
            case .fail: found.append(advice(on: verdict.key))
            case .inconclusive: found.append("\(verdict.target.title) was not decided: \(verdict.details)")
            case .notExercised:
                if verdict.key == .maxConcurrentAgents {
                    let needed = Decimals.text(verdict.target.value.rounded(.up), places: 0)
                    found.append("Run with --max-agents \(needed) or more to exercise the concurrency target.")
                }
            case .pass: break
            }
        }
        let marginal = verdict.verdicts.filter { $0.marginal && $0.status == .pass }
        if !marginal.isEmpty {
            let names = marginal.map(\.key.rawValue).joined(separator: ", ")
            found.append("Measure longer: the 95 % interval straddles the target of \(names).")
        }
        if found.isEmpty { found.append("All targets passed: nothing to do.") }
        return found
    }

    private func advice(on key: KPIKey) -> String {
        switch key {
        case .mtbaThreshold: return "Shorten the gap under 500 agents: \(greatestPart { $0.agents < 500 })."
        case .mtbaHighLoad: return "Shorten the gap at 500 agents and more: \(greatestPart { $0.agents >= 500 })."
        case .cognitiveLatencyTTFT:
            return
                "Bring down the time to first token: a faster model or endpoint, more slots, shorter prompts, or fewer "
                + "agents for each endpoint; compare ttft with attempt_ttft to see what retries cost."
        case .successfulStatefulSessions:
            let reasons = ledger.hold.sortedReasons(ofFamily: "sessions_failed").prefix(3)
            let named = reasons.map { "\($0.reason) (\($0.number))" }.joined(separator: ", ")
            return "Find out why sessions fail"
                + (named.isEmpty ? ": those that succeed are not stateful." : "; the most frequent reasons: \(named).")
        case .maxConcurrentAgents:
            return
                "Find out why agents stopped: see stages, workers and fleet_events; add workers where capacity lacked."
        case .agentStartupTime: return "Lengthen the ramp or add workers: agents wait to start."
        case .systemMemoryEfficiency: return "Give the worst worker host more memory, or spread its agents."
        case .systemCPUEfficiency: return "Give the worst worker host more CPU, or spread its agents."
        }
    }

    /// Which part of the gap weighs most in the stages concerned.
    private func greatestPart(_ isConcerned: (Stage) -> Bool) -> String {
        let hold = ledger.stages.filter { isConcerned($0.stage) }.reduce(into: Measures()) { $0.merge($1.hold) }
        let total = hold[.gap].sumMicros
        let greatest = Measures.gapParts.max { hold[$0.series].sumMicros < hold[$1.series].sumMicros }
        guard total > 0, let greatest, !hold[greatest.series].isEmpty else { return "its parts were not measured" }
        let share = Double(hold[greatest.series].sumMicros) / Double(total) * 100
        let part = greatest.name.replacing("_", with: " ")
        return "\(part) is its greatest part with \(Decimals.text(share, places: 0)) %"
    }
}
