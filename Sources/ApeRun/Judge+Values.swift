import ApeCore
import ApeMetrics

extension Judge {
    /// A mean of durations over the holds of the stages that the target concerns: an exact sum over an exact count.
    func mean(_ target: KPITarget, of series: JudgedSeries) -> Verdict {
        guard rules.usesInference || !series.needsInference else {
            return Verdict(target, .notExercised, details: "Every goal is a script: no model was asked.")
        }
        let indices = stages { target.key.concerns(agents: $0.agents) }
        guard !indices.isEmpty else {
            return Verdict(target, .notExercised, details: "The plan has \(noStage(of: target.key)).")
        }
        let total = indices.reduce(into: SumAndCount()) { $0.add(stages[$1][series]) }
        let cuts = indices.compactMap { index in
            stages[index].warmupCut.map { " " + $0.sentence(stage: ledger.stages[index].stage.name) }
        }
        let measurement = total.mean.map {
            Measurement(
                value: $0,
                precision: BatchMeans.estimate(indices.map { stages[$0].batches(series) }).map(Precision.mean),
                samples: total.count,
                basis: "Mean of \(total.count) \(series.noun) in \(names(of: indices))." + cuts.joined()
            )
        }
        return judge(
            target,
            measurement,
            stages: indices,
            missing: nothing(series, indices),
            doubted: [.pass, .fail]
        )
    }

    /// What the plan lacks where it has no stage that a KPI concerns.
    private func noStage(of key: KPIKey) -> String {
        let agents = key.definition.agents
        if agents.lowerBound > 0 { return "no stage of \(agents.lowerBound) agents or more" }
        return agents.upperBound < .max ? "no stage under \(agents.upperBound) agents" : "no stage"
    }

    /// Agents start in ramps, so this mean is over all phases of all stages, unlike every other.
    func startup(_ target: KPITarget) -> Verdict {
        let indices = Array(ledger.stages.indices)
        let total = indices.reduce(into: SumAndCount()) {
            $0.add(ledger.stages[$1].hold[.startup])
            $0.add(ledger.stages[$1].aside[.startup])
        }
        let measurement = total.mean.map {
            Measurement(
                value: $0,
                precision: BatchMeans.estimate(ledger.stages.map(\.startupBatches)).map(Precision.mean),
                samples: total.count,
                basis: "Mean of \(total.count) starts in all phases."
            )
        }
        return judge(
            target,
            measurement,
            stages: indices,
            missing: "No agent started.",
            doubted: [.pass, .fail]
        )
    }

    /// **Successful**: every success check of the goal held on answers that the target gave in this session, within its
    /// step and time limits. What the model claims proves nothing. **Stateful**: at least two actions, and something
    /// received from an earlier answer (a cookie, a captured value) was sent in a later request. **Completed** leaves
    /// out sessions cut by a stage's end or a worker's loss: those are counted apart as `unfinished`.
    ///
    /// A saturated load generator can only lower the share of successes, so it casts doubt on a failure and not on a
    /// pass.
    func sessions(_ target: KPITarget) -> Verdict {
        let share = ledger.hold.successShare
        let measurement = share.value.map {
            Measurement(
                value: 100 * $0,
                precision: .share(share),
                samples: share.trials,
                basis: "\(share.count) of \(share.trials) completed sessions were successful and stateful."
            )
        }
        return judge(
            target,
            measurement,
            stages: Array(ledger.stages.indices),
            missing: "No session completed in a hold.",
            doubted: [.fail]
        )
    }

    /// **Active agents** of a second = sum over workers of agents at work on sessions (the instant between two sessions
    /// counts, an agent that waits to start, is paused or has given up does not). **Achieved** of a stage = the least
    /// of these over the hold; a stage succeeds at >= 95 % of its target.
    ///
    /// A saturated load generator can only lower what is achieved, so it casts doubt on a failure and not on a pass.
    func concurrency(_ target: KPITarget) -> Verdict {
        guard Double(ledger.plan.peakAgents) >= target.value else {
            let peak = ledger.plan.peakAgents
            return Verdict(target, .notExercised, details: "The plan goes up to \(peak) agents only.")
        }
        // Stages too small to decide are left out, so that what is missing in them does not matter.
        let able = stages { Double($0.agents) >= target.value }
        let best = ledger.stages.indices.max {
            (ledger.stages[$0].achievedAgents ?? -1) < (ledger.stages[$1].achievedAgents ?? -1)
        }
        guard let best, let achieved = ledger.stages[best].achievedAgents else {
            return judge(target, nil, stages: able, missing: "No stage was held.", doubted: [])
        }
        let measurement = Measurement(
            value: Double(achieved),
            samples: Int64(ledger.stages[best].holdTotals.count),
            basis: "At least \(achieved) agents were active throughout the hold of \(names(of: [best]))."
        )
        // One complete hold that reaches the target proves it, whatever became of the other stages.
        let proves = target.passes(measurement.value)
        return judge(target, measurement, stages: proves ? [best] : able, missing: "", doubted: [.fail])
    }

    /// **CPU, memory**: of the worker's host, or of its cgroup where one limits it (v2 and v1), mean over the hold; the
    /// peak is reported too.
    ///
    /// The worst host in the largest stage is judged. A saturated load generator is no reason to doubt what its host
    /// did.
    func host(_ target: KPITarget, _ resource: KPIMeasure.HostResource) -> Verdict {
        guard let largest = ledger.largestStage else {
            return Verdict(target, .inconclusive, details: "The plan has no stage.")
        }
        let worst = ledger.sortedWorkers
            .compactMap { worker in worker.stages[largest].map { (worker.facts, $0[keyPath: resource.gauge]) } }
            .max { ($0.1.mean ?? -1) < ($1.1.mean ?? -1) }
        let measurement = worst.flatMap { facts, gauge in
            gauge.mean.map {
                Measurement(
                    value: $0,
                    precision: BatchMeans.estimate([gauge.batches]).map(Precision.mean),
                    samples: Int64(gauge.count),
                    basis: "Mean \(resource.noun) in use on host \(facts.host), the worst, in \(names(of: [largest])); "
                        + "peak \(Decimals.text(gauge.peak, places: 1)) %."
                )
            }
        }
        return judge(
            target,
            measurement,
            stages: [largest],
            missing: "No worker reported its host in \(names(of: [largest])).",
            doubted: []
        )
    }

    private func names(of stages: [Int]) -> String {
        let names = stages.map { ledger.stages[$0].stage.name }
        return (names.count == 1 ? "stage " : "stages ") + names.joined(separator: ", ")
    }

    private func nothing(_ series: JudgedSeries, _ stages: [Int]) -> String {
        guard series == .ttft else { return "No session took two actions in \(names(of: stages))." }
        let errors = stages.reduce(Int64(0)) {
            $0.addingClamped(ledger.stages[$1].hold.total(of: .decisionErrors))
        }
        return errors == 0
            ? "No decision brought a token in a hold." : "All \(errors) attempts failed before a token arrived."
    }
}

extension StageLedger {
    /// The whole stage's startups as batches of equal time.
    var startupBatches: [Batch] { seconds.map(\.startup)[...].equalBatches() }
}

extension Measures {
    /// The successful stateful sessions of the completed ones.
    package var successShare: ComparableRun.Share {
        .init(count: self[CounterName.sessionsSuccessfulStateful], trials: completedSessions)
    }
}
