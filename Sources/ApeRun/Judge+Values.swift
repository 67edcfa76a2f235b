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
        if series == .gap, !rules.canBeStateful, indices.allSatisfy({ ledger.stages[$0].stage.arrivals != nil }) {
            return Verdict(
                target,
                .notExercised,
                details: "Every goal is a single request, and sessions arrive: no gaps."
            )
        }
        let total = indices.reduce(into: SumAndCount()) { $0.add(stages[$1][series]) }
        let delay = indices.reduce(0) { $0 + stages[$1].delay[series] * Double(stages[$1][series].count) }
        let cuts = indices.compactMap { index in
            stages[index].warmupCut.map { " " + $0.sentence(stage: ledger.stages[index].stage.name) }
        }
        let measurement = total.mean.map { mean in
            var measurement = Measurement(
                value: mean,
                precision: BatchMeans.estimate(indices.map { stages[$0].batches(series) }).map(Precision.mean),
                samples: total.count,
                basis: "Mean of \(total.count) \(series.noun) in \(names(of: indices))." + cuts.joined()
            )
            measurement.stages = indices.compactMap { stageValue($0, of: series) }
            measurement.generator = delay / Double(total.count) / 1_000_000
            measurement.silence = indices.first {
                !ledger.stages[$0].holdTotals.isEmpty && stages[$0][series].count == 0
            }
            .map { "Stage \(ledger.stages[$0].stage.name) has no \(series.noun)." }
            return measurement
        }
        return judge(
            target,
            measurement,
            stages: indices,
            missing: nothing(series, indices),
            doubted: [.pass, .fail]
        )
    }

    /// A stage's own mean; nil without samples.
    private func stageValue(_ index: Int, of series: JudgedSeries) -> Measurement.StageValue? {
        stages[index][series].mean.map {
            Measurement.StageValue(
                name: ledger.stages[index].stage.name,
                value: $0,
                interval: BatchMeans.interval([stages[index].batches(series)]),
                generator: stages[index].delay[series] / 1_000_000
            )
        }
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
    /// received from an earlier answer *of a target* (a cookie, a captured value) was sent in a later request. Model
    /// endpoint and targets share no cookies, connections or captured values.
    ///
    /// A worker at its CPU limit can only lower the share of successes, so it casts doubt on a failure and not on a pass.
    ///
    /// **Only what a scenario can exercise is judged.** A goal without a model has no TTFT, a goal of a single request no
    /// stateful session: NOT_EXERCISED with the reason, and the success share is judged as plain success.
    func sessions(_ target: KPITarget) -> Verdict {
        let indices = Array(ledger.stages.indices)
        let share = indices.reduce(into: SessionShare()) { $0.add(stages[$1].sessions) }
        let measurement = share.value.map { value in
            var measurement = Measurement(
                value: 100 * value,
                precision: .share(share.counted),
                samples: share.samples,
                basis: basis(of: share)
            )
            measurement.interval = share.interval?.scaled(by: 100)
            measurement.stages = indices.compactMap { index in
                stages[index].sessions.value.map { value in
                    Measurement.StageValue(
                        name: ledger.stages[index].stage.name,
                        value: 100 * value,
                        interval: stages[index].sessions.interval?.scaled(by: 100)
                    )
                }
            }
            return measurement
        }
        var verdict = judge(
            target,
            measurement,
            stages: indices,
            missing: "No session completed in a hold.",
            doubted: [.fail]
        )
        if share.value != nil { verdict.sessions = share }
        return verdict
    }

    private func basis(of share: SessionShare) -> String {
        let (plain, kind) = (share.plain, rules.canBeStateful ? "successful and stateful" : "successful")
        var basis = "\(plain.count) of \(plain.trials) completed sessions were \(kind)"
        if let alike = share.plain.value {
            basis += ", \(Decimals.text(100 * alike, places: 1)) % with each session weighing alike"
        }
        basis += "; the value weighs each second alike."
        guard !rules.canBeStateful else { return basis }
        return basis + " Statefulness is NOT_EXERCISED: every goal is a single request; judged as plain success."
    }

    /// The greatest achieved agents over the stages.
    ///
    /// A worker at its CPU limit can only lower what is achieved, so it casts doubt on a failure and not on a pass.
    func concurrency(_ target: KPITarget) -> Verdict {
        guard rules.boundsAgents else {
            return Verdict(target, .notExercised, details: "The run searches for the number of agents that passes.")
        }
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
        var verdict = judge(target, measurement, stages: proves ? [best] : able, missing: "", doubted: [.fail])
        if verdict.status == .fail, let unseen = able.first(where: { stages[$0].isUnseen }) {
            let reason = "Agents of \(names(of: [unseen])) were not seen in seconds of which measurements are missing."
            verdict.become(.inconclusive, because: reason)
        }
        return verdict
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
                    precision: gauge.estimate.map(Precision.mean),
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

    func names(of stages: [Int]) -> String {
        let names = stages.map { ledger.stages[$0].stage.name }
        return (names.count == 1 ? "stage " : "stages ") + names.joined(separator: ", ")
    }

    private func nothing(_ series: JudgedSeries, _ stages: [Int]) -> String {
        guard series == .ttft else { return "No agent took two actions, one of them in \(names(of: stages))." }
        let errors = stages.reduce(Int64(0)) {
            $0.addingClamped(ledger.stages[$1].hold.total(of: .decisionErrors))
        }
        return errors == 0
            ? "No decision brought a token in a hold." : "All \(errors) attempts failed before a token arrived."
    }
}

extension StageLedger {
    /// The seconds of the whole stage's startups as batches.
    var startupBatches: [Batch] { seconds.map { Batch($0.startup) } }
}

extension Measures {
    /// The successful stateful sessions of the completed ones.
    package var successShare: ComparableRun.Share {
        .init(count: self[CounterName.sessionsSuccessfulStateful], trials: completedSessions)
    }
}
