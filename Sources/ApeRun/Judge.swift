import ApeCore
import ApeMetrics

/// Reads the eight values out of a ledger and judges them.
///
/// Only what a stage's *hold* owns (rules 3 and 5) counts; ramp samples are kept and shown, never judged.
///
/// A value is judged by its point estimate and carries a 95 % interval: batch means whose batches grow until neighbours
/// are uncorrelated (with too few left, the interval says so and is wide), Wilson for shares. Where the interval straddles
/// the target the verdict is marked `marginal`; `--strict` fails it.
///
/// **No pool hides a stage.** The value is pooled over the stages it is judged on, and must pass; and a stage whose own
/// 95 % interval lies wholly on the failing side fails the verdict by itself and is named. (60 agents at 1.125 s and 80 at
/// 1.5 s used to pass in a pool of 0.729 s.)
struct Judge {
    let ledger: RunLedger
    let rules: JudgingRules
    let stages: [StageVerdict]

    init(ledger: RunLedger, rules: JudgingRules) {
        self.ledger = ledger
        self.rules = rules
        stages = ledger.stages.indices.map { index in
            StageVerdict(
                ledger.stages[index],
                completeness: ledger.completeness(ofStage: index),
                saturations: ledger.saturations(ofStages: [index]),
                lag: ledger.loopLag(ofStage: index),
                rules: rules
            )
        }
    }

    func verdict(on key: KPIKey) -> Verdict {
        let target = KPITarget(key, override: rules.targets[key])
        switch key.measure {
        case .mean(let series): return mean(target, of: series)
        case .startup: return startup(target)
        case .successfulSessions: return sessions(target)
        case .concurrentAgents: return concurrency(target)
        case .host(let resource): return host(target, resource)
        }
    }

    /// Judges a measurement that stands on the holds of some stages.
    ///
    /// - Parameters:
    ///   - target: what it is judged by.
    ///   - measurement: what was measured; nil for nothing.
    ///   - indices: the stages.
    ///   - missing: a sentence that says why nothing was measured.
    ///   - doubted: the statuses that are no evidence where a worker was at its CPU limit.
    /// - Returns: the verdict.
    func judge(
        _ target: KPITarget,
        _ measurement: Measurement?,
        stages indices: [Int],
        missing: String,
        doubted: Set<Verdict.Status>
    ) -> Verdict {
        guard let measurement else {
            var verdict = Verdict(target, .inconclusive, details: shortfall(in: indices) ?? missing)
            verdict.reason = verdict.details
            return verdict
        }
        var verdict = Verdict(target, target.passes(measurement.value) ? .pass : .fail, details: measurement.details)
        verdict.measured = measurement.value
        verdict.precision = measurement.precision
        verdict.interval = measurement.interval
        verdict.samples = measurement.samples
        verdict.generator = measurement.generator
        verdict.marginal = verdict.interval.map { target.passes($0.low) != target.passes($0.high) } ?? false
        let failing = measurement.stages.first { $0.interval.map(target.fails) ?? false }
        if verdict.status == .pass, let failing {
            verdict.become(.fail, because: target.sentence(on: failing))
        }
        if let reason = shortfall(in: indices) ?? saturation(in: indices, verdict.status, doubted)
            ?? generator(target, measurement, failing) ?? (verdict.status == .pass ? measurement.silence : nil)
        {
            verdict.become(.inconclusive, because: reason)
        } else if verdict.marginal, verdict.reason == nil {
            let isFailed = rules.strict
            verdict.become(
                isFailed ? .fail : verdict.status,
                because: "The 95 % interval straddles the target" + (isFailed ? ", which --strict fails." : ".")
            )
        }
        return verdict
    }

    /// That a worker was at its CPU limit, where that makes a status no evidence.
    func saturation(
        in indices: [Int],
        _ status: Verdict.Status,
        _ doubted: Set<Verdict.Status>
    ) -> String? {
        guard doubted.contains(status),
            let saturation = indices.lazy.flatMap({ stages[$0].saturations }).first(where: \.isCPUBound)
        else { return nil }
        let name = ledger.stages[saturation.stage].stage.name
        return "The load generator was the bottleneck in stage \(name): \(saturation.sentence)."
    }

    /// That the verdict could turn on the generator's own delay.
    private func generator(
        _ target: KPITarget,
        _ measurement: Measurement,
        _ failing: Measurement.StageValue?
    ) -> String? {
        guard let generator = measurement.generator, measurement.value > 0 else { return nil }
        let share = generator / measurement.value
        if share > GeneratorDelay.shareLimit {
            return
                "The load generator's own delay is \(target.amount(generator)), \(FigureText.percent(share)) of the value."
        }
        if target.passes(measurement.value - generator), !target.passes(measurement.value) {
            return
                "The value passes without the load generator's own delay of \(target.amount(generator)), and fails with "
                + "it."
        }
        guard let failing, let own = failing.generator, target.passes(failing.value - own) else { return nil }
        return
            "Stage \(failing.name) passes without the load generator's own delay of \(target.amount(own)), and fails "
            + "with it."
    }

    func stages(where isConcerned: (Stage) -> Bool) -> [Int] {
        ledger.stages.indices.filter { isConcerned(ledger.stages[$0].stage) }
    }

    /// Why no verdict can stand on the holds of some stages; nil where one can.
    func shortfall(in indices: [Int]) -> String? {
        indices.lazy.compactMap { stages[$0].shortfall }.first
    }
}

extension KPITarget {
    /// Whether an interval lies wholly on the failing side.
    fileprivate func fails(_ interval: Interval) -> Bool { !passes(interval.low) && !passes(interval.high) }

    /// That a stage fails a verdict by itself.
    fileprivate func sentence(on stage: Measurement.StageValue) -> String {
        let interval = stage.interval.map { ", 95 %: \(digits($0.low)) .. \(digits($0.high))" } ?? ""
        return "Stage \(stage.name) by itself fails it: \(amount(stage.value))\(interval)."
    }
}
