import ApeCore

/// The verdict on a run: one for each of the eight targets, and what a CI job does with them.
package struct RunVerdict: Sendable, Equatable {
    /// All eight, in the order of ``KPIKey``.
    package var verdicts: [Verdict]
    /// The user's own conditions, in their order.
    package var thresholds: [ThresholdVerdict] = []
    /// One for each stage of the ledger that was judged.
    package var stages: [StageVerdict] = []
    package var outcome: RunOutcome
    package var strict: Bool
    /// What the run's search came to; nil for a run that follows a plan.
    package var capacity: CapacityAnswer?
    /// The stage of the try that the search's answer stands on, judged as the only one; empty for a run that follows a plan.
    var triedAlone: [StageVerdict] = []

    /// The workers that were the bottleneck themselves, by stage and name.
    package var saturations: [Saturation] { stages.flatMap(\.saturations) }

    package subscript(_ key: KPIKey) -> Verdict? { verdicts.first { $0.key == key } }

    package func count(_ status: Verdict.Status) -> Int { verdicts.count { $0.status == status } }

    /// Failed critical targets.
    package var criticalFailures: [Verdict] { verdicts.filter { $0.target.isCritical && $0.status == .fail } }

    /// The stages in which agents stalled; each fails the run.
    package var failedStages: [StageVerdict] { decidingStages.map { stages[$0] }.filter { $0.status == .fail } }

    /// The user's own conditions that failed.
    package var failedThresholds: [ThresholdVerdict] { thresholds.filter { $0.status == .fail } }

    /// What the critical targets, the thresholds and the stages come to. One that failed fails the run. Otherwise one that is
    /// inconclusive leaves it inconclusive, and so does a run that exercised none of the targets.
    package var status: Verdict.Status {
        if let capacity { return capacity.status }
        let critical = verdicts.filter(\.target.isCritical).map(\.status) + thresholds.map(\.status)
        let decisive = critical + stages.map(\.status)
        if decisive.contains(.fail) { return .fail }
        if decisive.contains(.inconclusive) || !critical.contains(.pass) { return .inconclusive }
        return .pass
    }

    /// What the stages come to, and whether as many agents as are asked for could be held.
    package var scalingStatus: Verdict.Status {
        let statuses =
            decidingStages.map { stages[$0].status } + verdicts.filter { $0.key == .maxConcurrentAgents }.map(\.status)
        return [.fail, .inconclusive].first(where: statuses.contains) ?? self[.maxConcurrentAgents]?.status
            ?? .notExercised
    }

    /// Where agents' time went in all holds; nil where no worker told.
    package var accounting: Accounting? { Accounting(stages.compactMap(\.accounting)) }

    package var exitCode: ExitCode {
        switch outcome {
        case .running, .interrupted: .interrupted
        case .suspended: .suspended
        case .fleetFailed: .fleet
        case .finished, .budgetSpent, .aborted:
            switch status {
            case .pass: .passed
            case .fail: .failed
            case .inconclusive, .notExercised: .inconclusive
            }
        }
    }
}

extension RunVerdict {
    /// Judges a run by its ledger.
    package init(judging ledger: RunLedger, rules: JudgingRules, outcome: RunOutcome = .finished) {
        let judge = Judge(ledger: ledger, rules: rules)
        self.init(
            verdicts: KPIKey.allCases.map { judge.verdict(on: $0) },
            thresholds: ledger.thresholds.indices.map { judge.verdict(onThreshold: $0) },
            stages: judge.stages,
            outcome: outcome,
            strict: rules.strict
        )
        if ledger.plan.search != nil { judgeByCapacity(ledger, rules) }
    }

    /// How the user's own conditions stand in a run that goes on.
    package static func thresholdsSoFar(of ledger: RunLedger, rules: JudgingRules) -> [ThresholdVerdict] {
        let judge = Judge(ledger: ledger, rules: rules)
        return ledger.thresholds.indices.map { judge.verdict(onThreshold: $0, goesOn: true) }
    }
}
