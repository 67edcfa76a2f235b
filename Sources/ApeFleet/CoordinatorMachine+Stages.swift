import ApeCore
import ApeWire

/// The walk through the plan: workers gather, stages follow each other on whole seconds, the run ends.
extension CoordinatorMachine {
    mutating func start(at now: FleetTime) {
        guard case .idle = phase else { return }
        startedAt = now
        nobodySince = now
        nextBeat = now + configuration.heartbeat
        phase = .gathering
        if let recovered { recover(recovered, at: now) }
    }

    /// Goes on to what is due.
    mutating func walk(at now: FleetTime) {
        switch phase {
        case .gathering: gather(at: now)
        case .running: walkStages(at: now)
        case .finishing(let outcome, let until): finishWhenQuiet(outcome, until: until, at: now)
        case .idle, .closing, .finished: break
        }
    }

    private mutating func gather(at now: FleetTime) {
        let (there, ready) = gathered()
        if ready >= configuration.expectedWorkers {
            phase = .running
            schedule(stage: 0, start: (now + configuration.limits.lead).secondCeiling, at: now)
            return
        }
        if there >= configuration.expectedWorkers, completeSince == nil { completeSince = now }
        let limit =
            completeSince.map { $0 + configuration.limits.prepare } ?? startedAt + configuration.wait
        guard now >= limit else { return }
        let names = members.filter { $0.standing == .active && $0.isConnected }.map(\.name).sorted()
        let who = names.isEmpty ? "none came" : "there were \(names.prefix(20).joined(separator: ", "))"
        let what =
            completeSince == nil
            ? "\(there) of \(configuration.expectedWorkers) workers came"
            : "\(ready) of \(configuration.expectedWorkers) workers got ready"
        let message = "Only \(what) in time (\(who)); start more workers, look at their logs, or expect fewer"
        finish(.fleetFailed(FleetFailure(.tooFewWorkers, ApeError(.fleet, message))), at: now)
    }

    /// How many workers are there, and how many of them could start. Looked at after every event, so nothing is
    /// copied.
    private func gathered() -> (there: Int, ready: Int) {
        var (there, ready) = (0, 0)
        for index in members.indices where members[index].standing == .active {
            guard case .connected(let session) = members[index].presence else { continue }
            there += 1
            if members[index].isReady, session.pongs >= configuration.limits.clockPongs { ready += 1 }
        }
        return (there, ready)
    }

    private mutating func walkStages(at now: FleetTime) {
        guard let timeline = schedule?.timeline else { return }
        if links.isEmpty, now >= nobodySince + configuration.limits.allLost {
            let seconds = (now - nobodySince).wholeSeconds
            let message = "No worker has been connected for \(seconds) s; what they measured until then is stored"
            return finish(.fleetFailed(FleetFailure(.allLost, ApeError(.fleet, message))), at: now)
        }
        if let pausedAt { return endLongPause(since: pausedAt, at: now) }
        if scale(at: now) { return }
        let next = timeline.stage + 1
        if next < plan.stages.count {
            guard now >= timeline.end - configuration.limits.lead else { return }
            let earliest = (now + configuration.limits.lead).secondFloor
            schedule(stage: next, start: max(timeline.end, earliest), at: now)
        } else if now >= timeline.end, !awaitsAnswers(at: now) {
            if plan.search == nil { finish(.finished, at: now) } else { beTried(at: now) }
        }
    }

    /// Whether the last hold is over and answers that it began are still waited for: the load goes on until they are there.
    func awaitsAnswers(at now: FleetTime) -> Bool {
        guard let timeline = schedule?.timeline, now < timeline.end + configuration.drain else { return false }
        return members.contains { $0.owesAnswers(ofStage: timeline.stage) }
    }

    mutating func schedule(stage index: Int, start: FleetTime, at now: FleetTime) {
        let stage = plan.stages[index]
        let fitting = fittingAgents(of: stage.agents)
        let schedule = StageSchedule(
            timeline: StageTimeline(stage: index, of: plan, start: start),
            plannedAgents: stage.agents,
            fittingAgents: fitting
        )
        self.schedule = schedule
        needsPlan = true
        plannedAt = .distantPast
        record(.stage(schedule), at: now)
        log(.info, "A stage is scheduled", ["stage": stage.name, "agents": "\(stage.agents)"])
        if fitting < stage.agents {
            log(
                .warning,
                "The stage has more agents than the fleet has room for",
                ["stage": stage.name, "agents": "\(stage.agents)", "room": "\(fitting)"]
            )
        }
    }
}
