import ApeCore
import ApeMetrics
import ApeRun

extension Diagnosis {
    /// Agents that were missing by the fleet's own doing. Agents that stalled are the finding of what they waited for.
    var concurrency: Recommendation? {
        let missing = zip(replay.ledger.stages, verdict.stages).filter { stage, judged in
            judged.status == .inconclusive && Double(stage.achievedAgents ?? 0) < 0.95 * Double(stage.stage.agents)
        }
        guard let (stage, judged) = missing.max(by: { $0.0.stage.agents < $1.0.stage.agents }),
            let reason = judged.reason, stage.holdTotals.contains(where: { $0.workers > 0 })
        else { return nil }
        let capacity = replay.ledger.workers.values.reduce(0) { $0 + $1.facts.maxAgents }
        let (achieved, wanted) = (stage.achievedAgents ?? 0, stage.stage.agents)
        let lacks = capacity > 0 && capacity < wanted
        return Recommendation(
            id: "throughput-agents",
            category: .throughput,
            cause: .harness,
            description: reason,
            action: lacks
                ? "Raise --max-agents of the workers or add workers: together they take \(capacity) agents."
                : "Find out which worker's agents were missing: see workers, completeness and fleet_events.",
            steps: ["Mend what kept the fleet from running its agents.", "Run the stage \(stage.stage.name) again."],
            evidence: [
                .init(
                    source: "stages[name=\(stage.stage.name)].achieved_agents",
                    value: Double(achieved),
                    unit: "agents",
                    words: "the fleet ran \(achieved) of \(wanted) agents at least"
                )
            ],
            concerns: [.maxConcurrentAgents, .successfulStatefulSessions, .mtbaThreshold, .mtbaHighLoad],
            explains: 1,
            outcome: "What was measured becomes evidence"
        )
    }

    /// Agents that start late.
    var startup: Recommendation? {
        guard let failed = verdict[.agentStartupTime], failed.status == .fail, let measured = failed.measured else {
            return nil
        }
        return Recommendation(
            id: "throughput-startup",
            category: .throughput,
            cause: .harness,
            description: failed.details,
            action: "Lengthen the ramps (plan: ramp) or add workers: agents wait for their start.",
            steps: ["Compare the startup series of the stages.", "Lengthen the ramp of the slowest and run again."],
            evidence: [
                .init(
                    source: "series.whole_run.startup",
                    value: measured,
                    unit: "seconds",
                    words: failed.details.withoutStop
                )
            ],
            concerns: [.agentStartupTime],
            outcome: "A start cannot be replayed; to pass it must fall by "
                + FigureText.percent(max(0, 1 - failed.target.value / measured))
        )
    }
}
