import ApeCore
import ApeWire

/// A run that stands still because somebody wants it to: the plan's clock stands, and no agent runs.
///
/// Agents are taken from workers as at any other split: each finishes the request that it is at, and none runs twice. Workers
/// stay, keep their leases, come, go and are lost as ever. Once the run goes on, the stage that was paused is measured anew
/// from its start, for half a hold and another half are no hold: no gap, no arrival and no second of the pause counts. An
/// open stage has no length that it must have: what it held until the pause counts, and a further stage follows it.
extension CoordinatorMachine {
    /// Why the run cannot be paused as it stands; nil where it can.
    package func pauseRefusal(at now: FleetTime) -> String? {
        guard case .running = phase, let timeline = schedule?.timeline else {
            return isEnding ? "The run is about to end" : "The run has not begun: it waits for its workers"
        }
        if pausedAt != nil { return "The run is paused already" }
        guard now >= timeline.end, timeline.stage + 1 >= plan.stages.count else { return nil }
        return plan.search == nil
            ? "The last hold is over: the run ends once its answers are there"
            : "A try is being judged: ask again in a moment"
    }

    /// Whether the run stands still because somebody wants it to.
    package var isPaused: Bool { pausedAt != nil && !isEnding }

    mutating func pause(at now: FleetTime) {
        guard pauseRefusal(at: now) == nil else { return }
        pausedAt = now
        needsPlan = true
        plannedAt = .distantPast
        record(.paused, at: now)
        isBatchUrgent = true
        log(.info, "The run is paused")
    }

    /// Ends a pause; `lead` is how long the stage that follows takes to begin, as long as workers need to know of it unless
    /// given.
    mutating func goOn(at now: FleetTime, lead: Micros? = nil) {
        guard case .running = phase, let since = pausedAt, let current = schedule else { return }
        pausedAt = nil
        // Nobody was to take over agents meanwhile.
        unassigned = []
        record(.continued(after: now - since), at: now)
        log(.info, "The run goes on", ["paused_us": "\((now - since).micros)"])
        let index = current.timeline.stage
        // A stage that was to begin just then keeps to its time: the hold before it may still go on.
        let start = max((now + (lead ?? configuration.limits.lead)).secondCeiling, current.timeline.start)
        if plan.stages[index].isOpen, since >= current.timeline.start, plan.stages.count < WireLimit.maximumStages {
            let stage = Stage.open(agents: wantedAgents ?? current.plannedAgents, number: plan.stages.count + 1)
            wantedAgents = nil
            plan.stages.append(stage)
            record(.appended(stage), at: now)
            return schedule(stage: plan.stages.count - 1, start: start, at: now)
        }
        for member in members.indices where members[member].answeredStage ?? -1 >= index {
            members[member].answeredStage = index - 1
        }
        schedule(stage: index, start: start, at: now)
    }

    /// A run that nobody lets go on ends.
    mutating func endLongPause(since: FleetTime, at now: FleetTime) {
        guard now >= since + configuration.limits.longestPause else { return }
        log(.warning, "The run was paused for longer than a run may be")
        finish(.interrupted, at: now)
    }

    /// Whether the hold of a stage can have all its answers. What a worker says of it before that is of an earlier attempt
    /// at it; its clock may be off by less than this.
    func isOver(_ stage: Int, at now: FleetTime) -> Bool {
        guard let timeline = schedule?.timeline, timeline.stage == stage else { return true }
        return now >= timeline.end - .second
    }
}

extension Assign {
    /// Whether the fleet stands still: nobody runs any agent.
    var isPause: Bool { fleetAgents == 0 }
}
