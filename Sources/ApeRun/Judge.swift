import ApeCore
import ApeMetrics

/// Reads the eight values out of a ledger and judges them.
///
/// Only samples from a stage's *hold* count; ramp samples are kept and shown, never judged.
///
/// A value is judged by its point estimate, and carries a 95 % interval (batch means for means, Wilson for shares).
/// Where the interval straddles the target the verdict is marked `marginal`; `--strict` fails it.
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
                saturations: ledger.saturations(ofStages: [index])
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
    ///   - doubted: the statuses that are no evidence where the load generator was the bottleneck.
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
        var verdict = Verdict(target, target.passes(measurement.value) ? .pass : .fail, details: measurement.basis)
        verdict.measured = measurement.value
        verdict.precision = measurement.precision
        verdict.interval = measurement.precision?.interval
        verdict.samples = measurement.samples
        verdict.marginal = verdict.interval.map { target.passes($0.low) != target.passes($0.high) } ?? false
        let saturations = indices.flatMap { stages[$0].saturations }
        if let shortfall = shortfall(in: indices) {
            verdict.become(.inconclusive, because: shortfall)
        } else if doubted.contains(verdict.status), let saturation = saturations.first {
            let name = ledger.stages[saturation.stage].stage.name
            let reason = "The load generator was the bottleneck in stage \(name): \(saturation.sentence)."
            verdict.become(.inconclusive, because: reason)
        } else if verdict.marginal && rules.strict {
            verdict.become(.fail, because: "The 95 % interval straddles the target, which --strict fails.")
        } else if verdict.marginal {
            verdict.become(verdict.status, because: "The 95 % interval straddles the target.")
        }
        return verdict
    }

    func stages(where isConcerned: (Stage) -> Bool) -> [Int] {
        ledger.stages.indices.filter { isConcerned(ledger.stages[$0].stage) }
    }

    /// Why no verdict can stand on the holds of some stages; nil where one can.
    private func shortfall(in indices: [Int]) -> String? {
        indices.lazy.compactMap { stages[$0].shortfall }.first
    }
}
