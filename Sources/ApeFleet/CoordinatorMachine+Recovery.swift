import ApeCore
import ApeWire

/// Taking up a run that an earlier coordinator left behind.
extension CoordinatorMachine {
    /// Rebuilds what the facts tell. Workers that had agents keep them until they come back or both their leases,
    /// counted from now, have run out: nobody can tell when the earlier coordinator last heard them. Those that were
    /// connected then are given their shares as if they still were.
    mutating func recover(_ run: RecoveredRun, at now: FleetTime) {
        var disconnections: [Int: FleetTime] = [:]
        for fact in run.facts { recover(fact, at: now, run.lastWindows, &disconnections) }
        for index in members.indices {
            guard let window = run.lastWindows[members[index].worker] else { continue }
            members[index].arrivals.see(end: window.end, revision: window.revision)
        }
        let last = max(run.facts.last?.at ?? run.lastReceived, run.lastReceived)
        for index in members.indices {
            members[index].storedSeq = max(members[index].storedSeq, run.lastSeqs[members[index].worker] ?? 0)
            members[index].receivedSeq = members[index].storedSeq
            let gone = disconnections[index].map { Member.Presence.away(since: $0) }
            members[index].presence = gone ?? .awaited(since: min(now, last))
        }
        storedRevision = revision
        // A run that had ended is only told so again.
        if case .closing(let outcome) = phase { return close(outcome) }
        if !isEnding, schedule != nil { phase = .running }
        needsPlan = schedule != nil
        if case .suspended = run.facts.last?.kind { bridgeSuspension(since: last, at: now) }
        record(.resumed(outage: max(.zero, now - last)), at: now)
        log(.warning, "The run is taken up again", ["outage_us": "\((now - last).micros)"])
    }

    private mutating func recover(
        _ fact: FleetFact,
        at now: FleetTime,
        _ lastWindows: [String: LastWindow],
        _ disconnections: inout [Int: FleetTime]
    ) {
        switch fact.kind {
        case .joined(let worker, let name, _, _, let capacity):
            guard memberIndex[worker] == nil else { return }
            memberIndex[worker] = members.count
            members.append(
                Member(
                    worker: worker,
                    name: name,
                    capacity: capacity,
                    presence: .away(since: fact.at),
                    heardAt: now,
                    limits: configuration.limits
                )
            )
        case .disconnected(let worker, _):
            if let index = memberIndex[worker] { disconnections[index] = fact.at }
        case .returned(let worker, _):
            if let index = memberIndex[worker] { disconnections[index] = nil }
            recover(worker) { if $0.standing == .lost { $0.standing = .active } }
        case .lost(let worker, let silent):
            recoverUnassigned(worker, reason: .lost, since: fact.at - silent, lastWindows[worker], before: fact.at)
            recover(worker) { member in
                member.standing = member.standing == .leaving ? .stopped : .lost
                member.dropAgents()
            }
        case .leaving(let worker, _): recover(worker) { $0.standing = $0.grantStage == nil ? .stopped : .leaving }
        case .stopped(let worker, _, let taken):
            recoverUnassigned(worker, reason: .left, since: fact.at, told: taken, before: fact.at)
            recover(worker) { member in
                member.standing = .stopped
                member.dropAgents()
            }
        case .refused(let worker, _, _): if let index = memberIndex[worker] { turnOut(index) }
        case .appended(let stage): plan.stages.append(stage)
        case .stage(let schedule): if plan.stages.indices.contains(schedule.timeline.stage) { self.schedule = schedule }
        case .windowsRefused(let worker, _, let last, _):
            recover(worker) { $0.storedSeq = max($0.storedSeq, last) }
        case .granted(let grant): recover(grant)
        case .paused: pausedAt = fact.at
        case .continued: (pausedAt, unassigned) = (nil, [])
        case .ending(let outcome, let message):
            let limit = now + configuration.limits.finish
            phase = .finishing(RunOutcome(code: outcome, message: message), until: limit)
        case .ended(let outcome, let message): phase = .closing(RunOutcome(code: outcome, message: message))
        case .duplicates(let worker, let windows):
            recover(worker) { member in
                member.duplicates = max(member.duplicates, windows)
                member.recordedDuplicates = member.duplicates
            }
        case .overBudget(let worker, let what, let count): recover(worker) { $0.budget.recover(what, count) }
        case .rowsLeased(let lease):
            for index in rowBooks.indices where rowBooks[index].set.name == lease.set { rowBooks[index].enter(lease) }
        case .tried, .rowsUsedUp, .turnedAway, .moved, .windowsDropped, .event, .resumed, .slept, .storeStalled: break
        case .suspended: break
        }
    }

    private mutating func recover(_ worker: String, _ change: (inout Member) -> Void) {
        if let index = memberIndex[worker] { change(&members[index]) }
    }

    /// The agents of a worker that is gone stand still until they are granted to others.
    private mutating func recoverUnassigned(
        _ worker: String,
        reason: AgentMove.Reason,
        since: FleetTime,
        _ lastWindow: LastWindow? = nil,
        told: [TakenArrivals] = [],
        before moment: FleetTime
    ) {
        guard let index = memberIndex[worker], !members[index].held.isEmpty else { return }
        var arrivals = members[index].arrivals
        // It may have come back, and measured on.
        if let lastWindow { arrivals.see(end: min(lastWindow.end, moment), revision: lastWindow.revision) }
        let held = members[index].held
        unassigned.append(
            UnassignedAgents(
                agents: held,
                from: worker,
                reason: reason,
                since: since,
                taken: arrivals.until(of: held, told: told)
            )
        )
    }

    private mutating func recover(_ grant: Grant) {
        revision = max(revision, grant.revision)
        let granted = AgentRanges(grant.agents.values.flatMap(\.ranges))
        for index in unassigned.indices { unassigned[index].agents = unassigned[index].agents.subtracting(granted) }
        unassigned.removeAll(where: \.agents.isEmpty)
        for index in members.indices {
            // An agent that was given to somebody had been let go by everybody else before.
            members[index].held = members[index].held.subtracting(granted)
        }
        let timeline = schedule?.timeline
        for (worker, agents) in grant.agents {
            recover(worker) { member in
                member.held = member.held.union(agents)
                member.wanted = agents
                member.granted = agents
                member.grantRevision = grant.revision
                member.grantStage = grant.stage
                member.readiness = .prepared
                guard let timeline, timeline.stage == grant.stage else { return }
                member.grantStart = timeline.start
                member.arrivals.give(agents, grant.taken[worker] ?? [], revision: grant.revision, timeline)
            }
        }
    }
}
