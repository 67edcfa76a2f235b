import ApeCore
import ApeMetrics

/// What a search for capacity came to: the most agents, or sessions a second, at which a run passes.
package struct CapacityAnswer: Sendable, Equatable {
    package let search: CapacitySearch
    /// In the order in which they were made. One that was cut off is not among them.
    package let tries: [CapacityTry]
    /// PASS: the most was found, or no try failed up to the greatest. FAIL: not even the least passes. INCONCLUSIVE: the
    /// tries carry no answer, or the search was ended before it had one.
    package let status: Verdict.Status
    /// The most that passed, and passed again; nil where there is no answer.
    package let level: Double?
    /// From the most that passed to the least that failed, widened where values were marginal; an end is nil where it is
    /// not known.
    package let low: Double?
    package let high: Double?
    /// What the least that failed turned on; nil where none failed.
    package let bound: CapacityCondition?
    /// The level at which it failed.
    package let boundLevel: Double?
    /// Whose doing that was.
    package let party: Party?
    /// Why there is no answer, in a sentence; nil where there is one.
    package let reason: String?
    /// From so many agents on MTBA is allowed to be greater, and fewer failed by that alone; nil where it made no
    /// difference.
    package let reliefLevel: Double?
    /// The try that the run's verdict is on: the one that confirmed the answer, or the one that says why there is none.
    let judged: Int?
    let step: CapacityHunt.Step

    /// What a run's ledger shows of its search; nil for a run that follows a plan.
    ///
    /// - Parameters:
    ///   - ledger: the run.
    ///   - rules: how tries are judged.
    ///   - outcome: whether the search went to its end.
    init?(_ ledger: RunLedger, rules: JudgingRules, outcome: RunOutcome = .running) {
        guard let search = ledger.plan.search else { return nil }
        let tries = ledger.stages.indices.filter(ledger.tried.contains).map { index in
            CapacityTry(ledger, stage: index, RunVerdict(judging: ledger.alone(index), rules: rules.forTry))
        }
        var hunt = CapacityHunt(search: search, tries: tries)
        hunt.relief = search.quantity == .agents ? rules.relief : nil
        self.init(hunt, outcome) { bound in
            ledger.party(of: bound, than: tries.first { $0.status == .pass }?.stage)
        }
    }

    init(_ hunt: CapacityHunt, _ outcome: RunOutcome, partyOf: (CapacityTry) -> Party?) {
        let (tries, step) = (hunt.tries, hunt.step)
        (search, self.tries, self.step) = (hunt.search, tries, step)
        let failing = hunt.leastFailed.flatMap { least in tries.last { $0.level == least && $0.status == .fail } }
        let (passed, range) = (hunt.greatestPassed, hunt.range)
        let confirming = tries.last { $0.level == passed && $0.status == .pass }
        switch step {
        case .found(let level): (status, self.level, reason, judged) = (.pass, level, nil, confirming?.stage)
        case .nothing:
            (status, level, judged) = (.fail, nil, failing?.stage)
            reason = "Not even \(hunt.search.words(hunt.search.from)) pass."
        case .undecided(let why): (status, level, reason, judged) = (.inconclusive, nil, why, tries.last?.stage)
        case .attempt:
            (status, level, judged) = (.inconclusive, nil, confirming?.stage ?? tries.last?.stage)
            // It had one when it ended, and windows that came behind that say something else of a try.
            reason =
                outcome == .finished
                ? "What came in late changed a try that stands at its limit, and so what it leads to: search again."
                : "The search was ended before it had an answer."
        }
        low = range.low
        high = range.high
        let open = step.isUndecided ? tries.last : nil
        let turning = open ?? failing
        bound = turning?.bound
        boundLevel = turning?.level
        party = turning.flatMap(partyOf)
        let isRelieved = hunt.relief.map { relief in
            relief.level <= passed ?? 0 && tries.contains { $0.level < relief.level && $0.status == .fail }
        }
        reliefLevel = isRelieved == true ? hunt.relief?.level : nil
    }
}

extension CapacityHunt.Step {
    fileprivate var isUndecided: Bool { if case .undecided = self { true } else { false } }
}

extension JudgingRules {
    /// From which number of agents on MTBA is allowed to be greater, and how much; nil where it is not.
    fileprivate var relief: (level: Double, factor: Double)? {
        let (less, more) = (KPIKey.mtbaThreshold, KPIKey.mtbaHighLoad)
        let limits = [less, more].map { KPITarget($0, override: targets[$0]).value }
        guard limits[1] > limits[0], limits[0] > 0 else { return nil }
        return (Double(more.definition.agents.lowerBound), limits[1] / limits[0])
    }
}
