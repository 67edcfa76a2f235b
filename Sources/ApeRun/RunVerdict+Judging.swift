import ApeCore
import ApeMetrics

extension RunVerdict {
    /// Judges a run by its ledger.
    package init(judging ledger: RunLedger, rules: JudgingRules, outcome: RunOutcome = .finished) {
        let judge = Judge(ledger: ledger, rules: rules)
        self.init(
            verdicts: KPIKey.allCases.map { judge.verdict(on: $0) },
            outcome: outcome,
            strict: rules.strict
        )
    }
}

/// A measured value on its way to a verdict.
struct Measurement {
    /// In the target's unit.
    var value: Double
    var interval: Interval?
    var samples: Int64
    /// What was measured, for people.
    var basis: String
}

/// Reads the eight values out of a ledger and judges them.
///
/// Only samples from a stage's *hold* count; ramp samples are kept and shown, never judged.
///
/// A value is judged by its point estimate, and carries a 95 % interval (batch means for means, Wilson for shares).
/// Where the interval straddles the target the verdict is marked `marginal`; `--strict` fails it.
struct Judge {
    let ledger: RunLedger
    let rules: JudgingRules
    private let completeness: [Completeness]

    init(ledger: RunLedger, rules: JudgingRules) {
        self.ledger = ledger
        self.rules = rules
        completeness = ledger.stages.indices.map { ledger.completeness(ofStage: $0) }
    }

    func verdict(on key: KPIKey) -> Verdict {
        let target = KPITarget(key, override: rules.targets[key])
        switch key {
        case .mtbaThreshold: return latency(target, .gap, stages(of: key), none: "no stage under 500 agents")
        case .mtbaHighLoad:
            return latency(target, .gap, stages(of: key), none: "no stage of 500 agents or more")
        case .cognitiveLatencyTTFT:
            guard rules.usesInference else {
                return Verdict(target, .notExercised, details: "Every goal is a script: no model was asked.")
            }
            return latency(target, .ttft, stages(of: key), none: "no stage")
        case .agentStartupTime: return startup(target)
        case .successfulStatefulSessions: return sessions(target)
        case .maxConcurrentAgents: return concurrency(target)
        case .systemMemoryEfficiency: return host(target, "memory", \.memory)
        case .systemCPUEfficiency: return host(target, "CPU", \.cpu)
        }
    }

    /// Judges a measurement that stands on the holds of `stages`. `missing` says what it means that there is none, and
    /// `chokeSpoils` which statuses a choking load generator takes back.
    func judge(
        _ target: KPITarget,
        _ measurement: Measurement?,
        stages: [Int],
        missing: String,
        chokeSpoils: Set<Verdict.Status>
    ) -> Verdict {
        guard let measurement else {
            var verdict = Verdict(target, .inconclusive, details: gaps(in: stages) ?? missing)
            verdict.reason = verdict.details
            return verdict
        }
        var verdict = Verdict(target, target.passes(measurement.value) ? .pass : .fail, details: measurement.basis)
        verdict.measured = measurement.value
        verdict.interval = measurement.interval
        verdict.samples = measurement.samples
        verdict.marginal = measurement.interval.map { target.passes($0.low) != target.passes($0.high) } ?? false
        if let gaps = gaps(in: stages) {
            verdict.become(.inconclusive, because: gaps)
        } else if chokeSpoils.contains(verdict.status), let choked = ledger.saturations(ofStages: stages).first {
            let name = ledger.stages[choked.stage].stage.name
            let reason = "The load generator was the bottleneck in stage \(name): \(choked.sentence)."
            verdict.become(.inconclusive, because: reason)
        } else if verdict.marginal && rules.strict {
            verdict.become(.fail, because: "The 95 % interval straddles the target, which --strict fails.")
        } else if verdict.marginal {
            verdict.become(verdict.status, because: "The 95 % interval straddles the target.")
        }
        return verdict
    }

    func stages(of key: KPIKey) -> [Int] { stages { key.concerns(agents: $0.agents) } }

    func stages(where isConcerned: (Stage) -> Bool) -> [Int] {
        ledger.stages.indices.filter { isConcerned(ledger.stages[$0].stage) }
    }

    /// What is missing in the holds of `stages`; nil while no more than 1 % of any one is.
    private func gaps(in stages: [Int]) -> String? {
        for index in stages {
            let name = ledger.stages[index].stage.name
            let isOpen = ledger.stages[index].stage.isOpen
            if ledger.stages[index].heldSeconds.isEmpty {
                // A fleet may be scaled again before it stood.
                if isOpen { continue }
                return "Stage \(name) was not held."
            }
            if ledger.stages[index].cutMicros != nil, !isOpen { return "The hold of stage \(name) was cut short." }
            guard completeness[index].isSufficient else {
                let share = Decimals.text(completeness[index].missingShare * 100, places: 1)
                return "\(share) % of the measurements of stage \(name) are missing."
            }
        }
        return nil
    }
}
