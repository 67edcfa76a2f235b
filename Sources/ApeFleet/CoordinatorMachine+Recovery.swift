import ApeCore
import ApeWire

/// Taking up a run that an earlier coordinator left behind.
extension CoordinatorMachine {
    /// Rebuilds what the facts tell. Workers that had agents keep them until they come back or both their leases,
    /// counted from now, have run out: nobody can tell when the earlier coordinator last heard them.
    mutating func recover(_ run: RecoveredRun, at now: Int64) {
        for fact in run.facts { recover(fact, at: now) }
        let lastMicros = max(run.facts.last?.atMicros ?? 0, run.lastReceivedMicros)
        for index in members.indices {
            members[index].storedSeq = run.lastSeqs[members[index].worker] ?? 0
            members[index].receivedSeq = members[index].storedSeq
            members[index].awayMicros = members[index].awayMicros ?? min(now, lastMicros)
        }
        storedRevision = revision
        // A run that had ended is only told so again.
        if case .closing(let outcome) = phase { return close(outcome) }
        if !isEnding, timeline != nil { phase = .running }
        needsPlan = timeline != nil
        record(.resumed(outageMicros: max(0, now - lastMicros)), at: now)
        log(.warning, "The run is taken up again", ["outage_us": "\(now - lastMicros)"])
    }

    private mutating func recover(_ fact: FleetFact, at now: Int64) {
        switch fact.kind {
        case .joined(let worker, let name, _, _, let capacity):
            guard memberIndex[worker] == nil else { return }
            memberIndex[worker] = members.count
            let limits = configuration.limits
            members.append(Member(worker: worker, name: name, capacity: capacity, heardMicros: now, limits: limits))
        case .disconnected(let worker, _): recover(worker) { $0.awayMicros = fact.atMicros }
        case .returned(let worker, _):
            recover(worker) { member in
                member.awayMicros = nil
                if member.standing == .lost { member.standing = .active }
            }
        case .lost(let worker, let silent):
            recoverFreed(worker, reason: .lost, sinceMicros: fact.atMicros - silent)
            recover(worker) { member in
                member.standing = member.standing == .leaving ? .stopped : .lost
                member.held = AgentRanges()
                member.granted = AgentRanges()
                member.wanted = AgentRanges()
            }
        case .leaving(let worker, _): recover(worker) { $0.standing = $0.grantStage == nil ? .stopped : .leaving }
        case .stopped(let worker, _):
            recoverFreed(worker, reason: .left, sinceMicros: fact.atMicros)
            recover(worker) { member in
                member.standing = .stopped
                member.held = AgentRanges()
                member.granted = AgentRanges()
                member.wanted = AgentRanges()
            }
        case .refused(let worker, _, _): recover(worker) { $0.standing = .refused }
        case .appended(let stage): plan.stages.append(stage)
        case .stage(let timeline): self.timeline = timeline
        case .granted(let grant): recover(grant)
        case .ending(let outcome, let message):
            let limit = now + configuration.limits.finishMicros
            phase = .finishing(Outcome(name: outcome, message: message), untilMicros: limit)
        case .ended(let outcome, let message): phase = .closing(Outcome(name: outcome, message: message))
        case .duplicates(let worker, let windows):
            recover(worker) { member in
                member.duplicates = max(member.duplicates, windows)
                member.recordedDuplicates = member.duplicates
            }
        case .turnedAway, .moved, .windowsDropped, .event, .resumed: break
        }
    }

    private mutating func recover(_ worker: String, _ change: (inout Member) -> Void) {
        if let index = memberIndex[worker] { change(&members[index]) }
    }

    /// The agents of a worker that is gone stand still until they are granted to others.
    private mutating func recoverFreed(_ worker: String, reason: AgentMove.Reason, sinceMicros: Int64) {
        guard let index = memberIndex[worker], !members[index].held.isEmpty else { return }
        freed.append(Freed(agents: members[index].held, from: worker, reason: reason, sinceMicros: sinceMicros))
    }

    private mutating func recover(_ grant: Grant) {
        revision = max(revision, grant.revision)
        let granted = AgentRanges(grant.agents.values.flatMap(\.ranges))
        for index in freed.indices { freed[index].agents = freed[index].agents.subtracting(granted) }
        freed.removeAll(where: \.agents.isEmpty)
        for index in members.indices {
            // An agent that was given to somebody had been let go by everybody else before.
            members[index].held = members[index].held.subtracting(granted)
        }
        for (worker, agents) in grant.agents {
            recover(worker) { member in
                member.held = member.held.union(agents)
                member.wanted = agents
                member.granted = agents
                member.grantRevision = grant.revision
                member.grantStage = grant.stage
                member.isPrepared = true
            }
        }
    }
}
