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
    mutating func scale(from timeline: StageSchedule, at now: Int64) -> Bool {
        // A stage that has not begun yet is not overtaken: workers may know it already or not.
        guard let agents = wantedAgents, plan.stages[timeline.stage].isOpen, now >= timeline.startMicros else {
            return false
        }
        wantedAgents = nil
        guard agents != timeline.plannedAgents, plan.stages.count < WireLimit.maximumStages else { return false }
        let stage = Stage.open(agents: agents, number: plan.stages.count + 1)
        plan.stages.append(stage)
        record(.appended(stage), at: now)
        let start = (now + configuration.limits.leadMicros).secondCeiling
        schedule(stage: plan.stages.count - 1, startMicros: start, at: now)
        return true
    }

    /// Ends the run as its plan's end does, if it has begun.
    mutating func stop(at now: Int64) {
        if case .running = phase { finish(.finished, at: now) } else { interrupt(at: now) }
    }
}
