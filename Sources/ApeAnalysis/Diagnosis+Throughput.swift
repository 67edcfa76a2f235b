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
            let reason = judged.reason, !stage.heldSeconds.isEmpty
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

    /// What the scaling law says of the largest stage, where it holds throughput back.
    var growth: Recommendation? {
        guard let law = scaling.law, let last = law.points.last else { return nil }
        let (n, sigma, kappa) = (last.agents, law.sigma.value, law.kappa.value)
        let efficiency = law.throughput(atAgents: n) / (law.lambda.value * n)
        guard efficiency < 0.8 else { return nil }
        let isContention = sigma * (n - 1) >= kappa * n * (n - 1)
        var better = law
        if isContention { better.sigma.value /= 2 } else { better.kappa.value /= 2 }
        let (now, then) = (law.throughput(atAgents: n), better.throughput(atAgents: n))
        let agents = Decimals.text(n, places: 0)
        let culprit = growing.map { "; what grows most with the agents is \($0)" } ?? ""
        return Recommendation(
            id: "throughput-scaling",
            category: .throughput,
            cause: .target,
            description: "At \(agents) agents throughput is \(FigureText.percent(efficiency)) of proportional growth: "
                + (isContention
                    ? "work waits its turn (contention \(Decimals.text(sigma, places: 5)))\(culprit)."
                    : "agents cost each other time (coherency \(Decimals.text(kappa, places: 8)))\(culprit)."),
            action: isContention
                ? "Double what the work queues for: slots, connections, replicas or cores of the service that grows slow."
                : "Halve what grows with each pair: locks, cache invalidation and shared rows of the service that grows slow.",
            steps: [
                "See in stages which part of the gap grows with the agents.", "Widen that resource.",
                law.peakAgents.map { "Stay below \(Decimals.text($0, places: 0)) agents, the peak, until then." }
                    ?? "Run the same stages again and compare the law.",
            ],
            evidence: [
                .init(
                    source: isContention ? "scaling_law.sigma.value" : "scaling_law.kappa.value",
                    value: isContention ? sigma : kappa,
                    unit: "",
                    words: "the Universal Scalability Law explains "
                        + "\(FigureText.percent(law.rSquared)) of throughput over \(law.points.count) stages"
                )
            ],
            concerns: [.mtbaHighLoad],
            outcome: "By the law \(isContention ? "half the contention" : "half the coherency") gives "
                + "\(Decimals.text(then, places: 1)) instead of \(Decimals.text(now, places: 1)) actions a second at "
                + "\(agents) agents (\(FigureText.percent(then / now - 1)) more)"
        )
    }

    /// The part of the gap that grows most from the smallest stage to the largest.
    private var growing: String? {
        let stages = replay.soundStages.map { replay.ledger.stages[$0] }.filter { !$0.hold[.gap].isEmpty }
            .sorted { $0.stage.agents < $1.stage.agents }
        guard let (first, last) = stages.first.flatMap({ first in stages.last.map { (first, $0) } }) else { return nil }
        let (few, many) = (first.hold.gapBreakdown, last.hold.gapBreakdown)
        let grown = GapBreakdown.Part.allCases.map { part in
            (part, seconds(few[part: part], of: few.gaps), seconds(many[part: part], of: many.gaps))
        }
        guard let most = grown.max(by: { $0.2 - $0.1 < $1.2 - $1.1 }), most.2 > most.1 else { return nil }
        return "\(most.0.words) (\(FigureText.seconds(most.1)) to \(FigureText.seconds(most.2)))"
    }
}
