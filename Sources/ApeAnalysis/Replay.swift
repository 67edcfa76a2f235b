import ApeCore
import ApeMetrics
import ApeRun

/// Computes a run's values again from what was measured, with part of it taken out.
///
/// Everything else is taken to stay as it was. That is exact for agents that wait for each other nowhere: then what is
/// taken out of a gap is what MTBA loses. Where they queue, a shorter part also shortens queues, and the true gain is
/// greater than the one computed here.
package struct Replay: Sendable {
    package let ledger: RunLedger
    package let verdict: RunVerdict
    /// Stages in which no worker was the bottleneck: what was measured in the others is the load generator's.
    package let soundStages: [Int]

    init(ledger: RunLedger, verdict: RunVerdict) {
        self.ledger = ledger
        self.verdict = verdict
        soundStages = ledger.stages.indices.filter {
            verdict.stages[$0].saturations.isEmpty && !ledger.stages[$0].holdTotals.isEmpty
        }
    }

    /// The sound stages' holds together.
    package var hold: Measures {
        soundStages.reduce(into: Measures()) { $0.merge(ledger.stages[$1].hold) }
    }

    /// Both values of MTBA with a cut made, those that the run measured soundly.
    package func mtba(_ cut: GapCut) -> [Improvement] {
        KPIKey.means(of: .gap).compactMap { key in
            mean(key, .gap) { second in
                let removed = cut.micros(of: second.parts)
                return (Double(second.parts.gapMicros) - removed, removed)
            }
        }
    }

    /// TTFT with a fraction of each first token's wait taken out.
    package func ttft(_ fraction: Double) -> Improvement? {
        mean(.cognitiveLatencyTTFT, .ttft) { second in
            let removed = fraction * Double(second.ttft.sumMicros)
            return (Double(second.ttft.sumMicros) - removed, removed)
        }
    }

    /// The share of successful stateful sessions if `failures` of the completed sessions had not met what failed them:
    /// they are taken to end as the others did, so that share = successful / (completed − failures).
    ///
    /// The interval of the share is Wilson's, that of the gain follows by the delta method from the multinomial
    /// variances (Agresti, "Categorical Data Analysis", 3rd ed. 2013, section 16.1).
    package func sessions(without failures: Double) -> Improvement? {
        guard let verdict = verdict[.successfulStatefulSessions], failures > 0, isSound(stages(of: verdict.key)) else {
            return nil
        }
        let measures = hold
        let completed = Double(measures.completedSessions)
        let successful = Double(measures.successShare.count)
        let rest = completed - min(failures, completed - successful)
        guard completed > 0, rest > 0 else { return nil }
        let (share, gone) = (successful / completed, 1 - rest / completed)
        let (bySuccess, byGone) = (gone / (1 - gone), share / ((1 - gone) * (1 - gone)))
        let variance =
            (bySuccess * bySuccess * share * (1 - share) + byGone * byGone * gone * (1 - gone)
                - 2 * bySuccess * byGone * share * gone) / completed
        let gain = 100 * (successful / rest - share)
        let half = 1.96 * 100 * max(0, variance).squareRoot()
        let wilson = WilsonScore.interval(
            successes: Int64(saturating: successful),
            trials: Int64(saturating: rest.rounded())
        )
        return Improvement(
            target: verdict.target,
            current: 100 * share,
            expected: 100 * successful / rest,
            expectedInterval: wilson.map { Interval(low: 100 * $0.low, high: 100 * $0.high) },
            gainInterval: Interval(low: max(0, gain - half), high: gain + half)
        )
    }

    /// CPU or memory of the worst worker host with the same agents spread over more workers.
    package func host(_ key: KPIKey, workers: Int, insteadOf present: Int) -> Improvement? {
        guard let verdict = verdict[key], let measured = verdict.measured, workers > present, present > 0 else {
            return nil
        }
        let factor = Double(present) / Double(workers)
        return Improvement(
            target: verdict.target,
            current: measured,
            expected: measured * factor,
            expectedInterval: verdict.interval.map { Interval(low: $0.low * factor, high: $0.high * factor) },
            gainInterval: verdict.interval.map {
                Interval(low: $0.low * (1 - factor), high: $0.high * (1 - factor))
            }
        )
    }

    /// The stages that a value stands on.
    package func stages(of key: KPIKey) -> [Int] {
        ledger.stages.indices.filter { key.concerns(agents: ledger.stages[$0].stage.agents) }
    }

    private func isSound(_ stages: [Int]) -> Bool {
        stages.contains { soundStages.contains($0) }
            && stages.allSatisfy { soundStages.contains($0) || ledger.stages[$0].holdTotals.isEmpty }
    }

    /// A mean over the holds of a value's stages. Its interval, and that of what was removed, are those of the combined
    /// ratio estimator over the holds' seconds, merged as they have to be (``BatchMeans``).
    private func mean(
        _ key: KPIKey,
        _ series: JudgedSeries,
        _ change: (SecondTotals) -> (kept: Double, removed: Double)
    ) -> Improvement? {
        let stages = stages(of: key)
        guard let verdict = verdict[key], isSound(stages) else { return nil }
        let batches = { (value: (SecondTotals) -> Double) in
            stages.map { stage in
                self.verdict.stages[stage].batches { (value($0), $0[keyPath: series.totals].count) }
            }
        }
        let before = batches { Double($0[keyPath: series.totals].sumMicros) }
        let kept = batches { change($0).kept }
        let removed = batches { change($0).removed }
        guard let current = BatchMeans.mean(before), let expected = BatchMeans.mean(kept) else { return nil }
        return Improvement(
            target: verdict.target,
            current: verdict.measured ?? current,
            expected: expected,
            expectedInterval: BatchMeans.interval(kept),
            gainInterval: BatchMeans.interval(removed)
        )
    }
}
