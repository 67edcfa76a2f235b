import ApeCore
import ApeMetrics

/// A try of a search, judged as a run of that stage alone would be.
///
/// It passes where all critical targets that concern so many agents pass, all thresholds do, and the stage was held.
/// A value that is over its limit by no more than the load generator's own delay is at its limit. Where that decides a run it
/// is inconclusive; a search goes on, and takes the try for one that failed marginally.
///
/// Targets that are not critical decide no exit code, and bound no search. `max_concurrent_agents` is what a search looks
/// for: it is NOT_EXERCISED.
package struct CapacityTry: Sendable, Equatable {
    /// The stage's place in the plan.
    package var stage: Int
    package var name: String
    /// Agents, or sessions a second.
    package var level: Double
    package var status: Verdict.Status
    /// Those that were exercised.
    package var conditions: [CapacityCondition]
    /// Why it is inconclusive or failed, in a sentence.
    package var reason: String?
    /// Whether what made it inconclusive is that the load generator was at its limit.
    package var isSaturated = false

    /// What the try turned on: the failed condition with the greatest load; of one that passed, what came nearest
    /// to its limit.
    package var bound: CapacityCondition? {
        conditions.filter { $0.status == status }.max { $0.load ?? -1 < $1.load ?? -1 }
    }

    /// Whether the interval of what it turned on straddles the limit.
    package var isMarginal: Bool {
        let decisive = conditions.filter { $0.status == status }
        return status == .pass ? decisive.contains(where: \.isMarginal) : decisive.allSatisfy(\.isMarginal)
    }
}

extension CapacityTry {
    /// Judges a stage alone.
    init(_ ledger: RunLedger, stage index: Int, _ verdict: RunVerdict) {
        let stage = ledger.stages[index]
        let critical = verdict.verdicts.filter { $0.target.isCritical && $0.status != .notExercised }
        let held = verdict.stages.map(CapacityCondition.init).filter { $0.status != .pass }
        self.init(
            stage: index,
            name: stage.stage.name,
            level: stage.stage.arrivals?.perSecond ?? Double(stage.stage.agents),
            status: verdict.status,
            conditions: critical.map { CapacityCondition($0) } + verdict.thresholds.map { CapacityCondition($0) } + held
        )
        let figures = verdict.stages.first?.arrivals
        if let missed = StageVerdict.notCarried(in: stage, figures), verdict.stages.first?.shortfall == missed,
            let figures, !figures.areAgentsEnough(stage.stage.agents)
        {
            // A plan that asks for more than its agents carry proves nothing; a search has found that they do not.
            status = .fail
            conditions = [
                CapacityCondition(
                    kind: .held,
                    name: "arrivals",
                    status: .fail,
                    limitText: "99 % of the sessions begin in time",
                    reason: missed
                )
            ]
        }
        let isSound = verdict.stages.allSatisfy { $0.shortfall == nil }
        if isSound, !verdict.saturations.contains(where: \.isCPUBound) {
            for place in conditions.indices where conditions[place].isAtItsLimit { conditions[place].status = .fail }
            if conditions.contains(where: { $0.status == .fail }) { status = .fail }
        }
        if status == .inconclusive, stage.isSilent, isSound {
            status = .fail
            reason = "Nothing came back from what the stage's hold began."
            conditions = conditions.filter { $0.status == .fail }
        }
        isSaturated = status == .inconclusive && verdict.saturations.contains(where: \.isCPUBound)
        if reason == nil, status != .pass { reason = conditions.first { $0.status == status }?.reason }
    }
}

extension StageLedger {
    /// Whether no request and no decision that the hold began was answered.
    fileprivate var isSilent: Bool {
        let answers = hold.labels(of: .actions).filter { $0.key != ActionStatus.error.rawValue }.values
        return !heldSeconds.isEmpty && answers.allSatisfy { $0 == 0 } && hold[CounterName.decisions] == 0
            && hold[CounterName.sessionsSucceeded] == 0
    }
}
