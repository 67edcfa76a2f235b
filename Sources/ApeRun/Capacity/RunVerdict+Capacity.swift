import ApeCore

/// A run that searched is judged by what it found.
extension RunVerdict {
    /// Takes the verdicts of the try that the search turned on, and that alone: the targets that other tries failed were
    /// meant to be failed.
    mutating func judgeByCapacity(_ ledger: RunLedger, _ rules: JudgingRules) {
        guard let capacity = CapacityAnswer(ledger, rules: rules, outcome: outcome) else { return }
        self.capacity = capacity
        let index = capacity.judged ?? ledger.stages.indices.last { ledger.stages[$0].timeline != nil } ?? 0
        guard ledger.stages.indices.contains(index) else { return }
        let alone = RunVerdict(judging: ledger.alone(index), rules: rules.forTry, outcome: outcome)
        thresholds = alone.thresholds
        triedAlone = alone.stages
        // Agents start in whichever try first has so many.
        let startup = self[.agentStartupTime]
        verdicts = alone.verdicts.map { verdict in
            verdict.key == .agentStartupTime ? startup ?? verdict : verdict
        }
    }

    /// The places of the stages that decide: all of a plan, and of a search the one that its answer stands on.
    package var decidingStages: [Int] {
        guard let capacity else { return Array(stages.indices) }
        return capacity.judged.map { [$0] } ?? []
    }

    /// What the verdict is on: the whole ledger, or of a search the try that its answer stands on, alone.
    package func subject(of ledger: RunLedger) -> (ledger: RunLedger, verdict: RunVerdict) {
        guard let index = capacity?.judged, !triedAlone.isEmpty else { return (ledger, self) }
        var alone = self
        // What it says of its saturated workers names stages by their place.
        alone.stages = triedAlone
        alone.capacity = nil
        return (ledger.alone(index), alone)
    }
}

extension JudgingRules {
    /// The same rules for a try of a search, which no number of agents of its own bounds.
    var forTry: JudgingRules {
        var rules = self
        rules.boundsAgents = false
        return rules
    }
}
