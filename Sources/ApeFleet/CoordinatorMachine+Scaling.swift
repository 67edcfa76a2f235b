import ApeCore
import ApeWire

/// A run whose last stage is open: it is held until somebody wants another number of agents, or the end.
///
/// Another number is a further stage, and the plan's growth is a fact like any other: a coordinator that takes up the
/// run walks the same plan, and the report tells of every number that was held.
extension CoordinatorMachine {
    /// Goes on to the stage that was asked for.
    ///
    /// - Returns: whether it did.
    mutating func scale(at now: FleetTime) -> Bool {
        // A stage that has not begun yet is not overtaken: workers may know it already or not.
        guard let agents = wantedAgents, let current = schedule, plan.stages[current.timeline.stage].isOpen,
            now >= current.timeline.start
        else { return false }
        wantedAgents = nil
        guard agents != current.plannedAgents, plan.stages.count < WireLimit.maximumStages else { return false }
        let stage = Stage.open(agents: agents, number: plan.stages.count + 1)
        plan.stages.append(stage)
        record(.appended(stage), at: now)
        let start = (now + configuration.limits.lead).secondCeiling
        schedule(stage: plan.stages.count - 1, start: start, at: now)
        return true
    }

    /// Ends the run as its plan's end does, if it has begun.
    mutating func stop(at now: FleetTime) {
        if case .running = phase { finish(.finished, at: now) } else { interrupt(at: now) }
    }
}
