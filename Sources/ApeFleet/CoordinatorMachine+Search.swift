import ApeCore
import ApeWire

/// A run that searches: what the next stage is depends on how the last one is judged, which is none of this machine's
/// business.
///
/// The load goes on with the same agents until the shell has judged. A try is told of by a fact, so that it is judged when
/// everything that came in before is stored; and every stage is one too, so that a coordinator which takes up the run has
/// the same tries behind it.
extension CoordinatorMachine {
    /// The last stage is over, and its answers are in.
    mutating func beTried(at now: FleetTime) {
        guard let stage = schedule?.timeline.stage, triedStage != stage else { return }
        triedStage = stage
        record(.tried(stage: stage), at: now)
        isBatchUrgent = true
    }

    /// Goes on to a further try, or ends the run.
    mutating func judged(_ next: Stage?, at now: FleetTime) {
        guard case .running = phase, plan.search != nil, let current = schedule?.timeline.stage,
            triedStage == current, current + 1 == plan.stages.count
        else { return }
        guard let next, plan.stages.count < WireLimit.maximumStages else { return finish(.finished, at: now) }
        plan.stages.append(next)
        record(.appended(next), at: now)
        schedule(stage: plan.stages.count - 1, start: (now + configuration.limits.lead).secondCeiling, at: now)
    }
}
