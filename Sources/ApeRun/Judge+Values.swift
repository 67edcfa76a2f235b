import ApeCore
import ApeMetrics

extension Judge {
    /// A mean of durations over the holds of `stages`: an exact sum over an exact count.
    func latency(_ target: KPITarget, _ name: SeriesName, _ stages: [Int], none: String) -> Verdict {
        guard !stages.isEmpty else {
            return Verdict(target, .notExercised, details: "The plan has \(none).")
        }
        let path: KeyPath<SecondTotals, SumAndCount> = name == .gap ? \.gap : \.ttft
        let total = stages.reduce(into: SumAndCount()) { $0.add(ledger.stages[$1].judged(name, path)) }
        let cuts = stages.compactMap { index in
            ledger.stages[index].warmupCut.map { " " + $0.sentence(stage: ledger.stages[index].stage.name) }
        }
        let measurement = total.mean.map {
            Measurement(
                value: $0,
                interval: BatchMeans.interval(stages.map { ledger.stages[$0].holdBatches(path) }),
                samples: total.count,
                basis: "Mean of \(total.count) \(name == .gap ? "gaps" : "first tokens") in \(names(of: stages))."
                    + cuts.joined()
            )
        }
        return judge(
            target,
            measurement,
            stages: stages,
            missing: nothing(name, stages),
            chokeSpoils: [.pass, .fail]
        )
    }

    /// Agents start in ramps, so this mean is over all phases of all stages, unlike every other.
    func startup(_ target: KPITarget) -> Verdict {
        let stages = stages { _ in true }
        let total = stages.reduce(into: SumAndCount()) {
            $0.add(ledger.stages[$1].hold[.startup])
            $0.add(ledger.stages[$1].aside[.startup])
        }
        let measurement = total.mean.map {
            Measurement(
                value: $0,
                interval: BatchMeans.interval(stages.map { ledger.stages[$0].startupBatches }),
                samples: total.count,
                basis: "Mean of \(total.count) starts in all phases."
            )
        }
        return judge(
            target,
            measurement,
            stages: stages,
            missing: "No agent started.",
            chokeSpoils: [.pass, .fail]
        )
    }

    /// **Successful**: every success check of the goal held on answers that the target gave in this session, within its
    /// step and time limits. What the model claims proves nothing. **Stateful**: at least two actions, and something
    /// received from an earlier answer (a cookie, a captured value) was sent in a later request. **Completed** leaves
    /// out sessions cut by a stage's end or a worker's loss: those are counted apart as `unfinished`.
    ///
    /// A choking generator can only lower the share of successes, so it takes back a failure but no pass.
    func sessions(_ target: KPITarget) -> Verdict {
        let stages = stages { _ in true }
        let hold = ledger.hold
        let completed = hold.completedSessions
        let successful = min(completed, hold[CounterName.sessionsSuccessfulStateful])
        let measurement =
            completed == 0
            ? nil
            : Measurement(
                value: 100 * Double(successful) / Double(completed),
                interval: WilsonScore.interval(successes: successful, trials: completed)?.scaled(by: 100),
                samples: completed,
                basis: "\(successful) of \(completed) completed sessions were successful and stateful."
            )
        return judge(
            target,
            measurement,
            stages: stages,
            missing: "No session completed in a hold.",
            chokeSpoils: [.fail]
        )
    }

    /// **Active agents** of a second = sum over workers of agents at work on sessions (the instant between two sessions
    /// counts, an agent that waits to start, is paused or has given up does not). **Achieved** of a stage = the least of
    /// these over the hold; a stage succeeds at >= 95 % of its target.
    ///
    /// A choking generator can only lower what is achieved, so it takes back a failure but no pass.
    func concurrency(_ target: KPITarget) -> Verdict {
        guard Double(ledger.plan.peakAgents) >= target.value else {
            let peak = ledger.plan.peakAgents
            return Verdict(target, .notExercised, details: "The plan goes up to \(peak) agents only.")
        }
        // Stages too small to decide are left out, so that a gap in the baseline does not spoil what the peak shows.
        let able = stages { Double($0.agents) >= target.value }
        let best = ledger.stages.indices.max {
            (ledger.stages[$0].achievedAgents ?? -1) < (ledger.stages[$1].achievedAgents ?? -1)
        }
        guard let best, let achieved = ledger.stages[best].achievedAgents else {
            return judge(target, nil, stages: able, missing: "No stage was held.", chokeSpoils: [])
        }
        let measurement = Measurement(
            value: Double(achieved),
            interval: nil,
            samples: Int64(ledger.stages[best].holdTotals.count),
            basis: "At least \(achieved) agents were active throughout the hold of \(names(of: [best]))."
        )
        // One complete hold that reaches the target proves it, whatever became of the other stages.
        let proves = target.passes(measurement.value)
        return judge(target, measurement, stages: proves ? [best] : able, missing: "", chokeSpoils: [.fail])
    }

    /// **CPU, memory**: of the worker's host, or of its cgroup where one limits it (v2 and v1), mean over the hold; the
    /// peak is reported too.
    ///
    /// Judged is the worst host in the largest stage. It says what the host did, so choking takes nothing back.
    func host(_ target: KPITarget, _ noun: String, _ gauge: KeyPath<WorkerStage, HostGauge>) -> Verdict {
        guard let largest = ledger.largestStage else {
            return Verdict(target, .inconclusive, details: "The plan has no stage.")
        }
        let worst = ledger.sortedWorkers
            .compactMap { worker in worker.stages[largest].map { (worker.facts, $0[keyPath: gauge]) } }
            .max { ($0.1.mean ?? -1) < ($1.1.mean ?? -1) }
        let measurement = worst.flatMap { facts, gauge in
            gauge.mean.map {
                Measurement(
                    value: $0,
                    interval: gauge.interval,
                    samples: Int64(gauge.count),
                    basis: "Mean \(noun) in use on host \(facts.host), the worst, in \(names(of: [largest])); "
                        + "peak \(Decimals.text(gauge.peak, places: 1)) %."
                )
            }
        }
        return judge(
            target,
            measurement,
            stages: [largest],
            missing: "No worker reported its host in \(names(of: [largest])).",
            chokeSpoils: []
        )
    }

    private func names(of stages: [Int]) -> String {
        let names = stages.map { ledger.stages[$0].stage.name }
        return (names.count == 1 ? "stage " : "stages ") + names.joined(separator: ", ")
    }

    private func nothing(_ name: SeriesName, _ stages: [Int]) -> String {
        guard name == .ttft else { return "No session took two actions in \(names(of: stages))." }
        let errors = stages.reduce(Int64(0)) {
            $0.addingClamped(ledger.stages[$1].hold.total(of: .decisionErrors))
        }
        return errors == 0
            ? "No decision brought a token in a hold." : "All \(errors) attempts failed before a token arrived."
    }
}

extension SumAndCount {
    /// The exact mean in seconds; nil without samples.
    package var mean: Double? {
        count > 0 ? Double(sumMicros) / Double(count) / 1_000_000 : nil
    }
}

extension StageLedger {
    /// A series of the seconds that are judged, in seconds, as batches of equal time.
    func holdBatches(_ path: KeyPath<SecondTotals, SumAndCount>) -> [Batch] {
        judgedTotals.map { $0[keyPath: path] }[...].equalBatches()
    }

    /// The whole stage's startups as batches of equal time.
    var startupBatches: [Batch] { seconds.map(\.startup)[...].equalBatches() }
}
