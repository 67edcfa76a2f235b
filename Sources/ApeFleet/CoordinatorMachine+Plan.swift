import ApeCore
import ApeWire

/// Which worker runs which agents, and how it learns of it.
///
/// Every split is stored before anybody is told: a coordinator that comes back after a crash knows every agent that
/// may be running, and where, and every revision that was ever sent.
extension CoordinatorMachine {
    /// Splits the stage's agents anew when something changed, one revision at a time.
    mutating func plan(at now: FleetTime) {
        guard needsPlan, let schedule, case .running = phase, revision == storedRevision, !isStoreBroken,
            now >= plannedAt + configuration.limits.replanInterval
        else { return }
        needsPlan = false
        plannedAt = now
        divide(pausedAt == nil ? schedule.plannedAgents : 0)
        let grants = grants(in: schedule.timeline)
        guard !grants.isEmpty else { return }
        revision += 1
        var agents: [String: AgentRanges] = [:]
        var taken: [String: [TakenArrivals]] = [:]
        for (index, granted) in grants {
            let fresh = granted.subtracting(members[index].held)
            let passedOn = arrivals(of: fresh, in: schedule.timeline, at: now)
            members[index].arrivals.give(granted, passedOn, revision: revision, schedule.timeline)
            if !passedOn.isEmpty { taken[members[index].worker] = passedOn }
            members[index].granted = granted
            members[index].grantRevision = revision
            members[index].grantStage = schedule.timeline.stage
            members[index].grantStart = schedule.timeline.start
            members[index].held = members[index].held.union(granted)
            agents[members[index].worker] = granted
        }
        recordMoves(agents, in: schedule, at: now)
        let stage = schedule.timeline.stage
        record(.granted(Grant(revision: revision, stage: stage, agents: agents, taken: taken)), at: now)
        isBatchUrgent = true
    }

    /// Up to when arrivals of agents that come to a worker in mid-stage were others' affair.
    private func arrivals(of fresh: AgentRanges, in timeline: StageTimeline, at now: FleetTime) -> [TakenArrivals] {
        guard plan.stages[timeline.stage].arrivals != nil, now > timeline.start, !fresh.isEmpty else { return [] }
        return unassigned.flatMap(\.taken).of(fresh).filter { $0.until > timeline.start }
    }

    /// Whose orders change: what is wanted, without what may still run on somebody else.
    private mutating func grants(in timeline: StageTimeline) -> [(index: Int, granted: AgentRanges)] {
        let held = AgentRanges(members.flatMap(\.held.ranges))
        var grants: [(index: Int, granted: AgentRanges)] = []
        awaitsRelease = false
        for index in members.indices where members[index].isEligible {
            let member = members[index]
            let fresh = member.wanted.subtracting(member.held)
            let free = fresh.isEmpty ? fresh : fresh.subtracting(held)
            let granted = member.wanted.intersection(member.held).union(free)
            if granted != member.wanted { awaitsRelease = true }
            if granted != member.granted || !member.isTold(timeline) { grants.append((index, granted)) }
        }
        return grants
    }

    /// Tells a worker its latest orders, if they are durable and it does not have them from this connection yet.
    mutating func sendAssignment(to index: Int) {
        let member = members[index]
        guard case .ready(let sentRevision) = member.readiness, member.isEligible, !isEnding,
            let timeline = schedule?.timeline, member.isTold(timeline), member.grantRevision > sentRevision,
            member.grantRevision <= storedRevision
        else { return }
        members[index].readiness = .ready(sentRevision: member.grantRevision)
        let assign = Assign(
            run: configuration.run,
            revision: member.grantRevision,
            timeline: timeline,
            agents: member.granted,
            fleetAgents: fleetAgents,
            drain: configuration.drain,
            arrivals: StageArrivals(stage: timeline.stage, of: plan).map {
                AssignedArrivals($0, taken: member.arrivals.told(of: member.granted, in: timeline))
            }
        )
        send(.assign(assign), to: index)
    }
}
