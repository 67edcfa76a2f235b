import ApeCore
import ApeMetrics
import ApeWire

/// What workers that have proven themselves say.
extension CoordinatorMachine {
    /// A worker is there, for the first time or again.
    mutating func arrive(
        _ index: Int,
        on id: ConnectionID,
        _ hello: Hello,
        resumes: Bool,
        at now: FleetTime
    ) {
        members[index].capacity = hello.capacity
        members[index].cancelsAtLease = hello.cancelsAtLease
        members[index].tellsAnswers = hello.version.minor >= 1
        members[index].heardAt = now
        if let since = members[index].awaySince {
            if awaitsReturn { needsPlan = true }
            members[index].presence = .connected(Member.Session(connection: id, awayBefore: since))
            record(.returned(worker: members[index].worker, after: now - since), at: now)
        }
        if members[index].standing == .lost {
            members[index].standing = .active
            members[index].grantStage = nil
            needsPlan = true
        }
        // A worker that is in no run runs no agents: its process says so itself.
        if !resumes, members[index].standing != .stopped { forget(index, at: now) }
        if !resumes, members[index].mustStop, members[index].isExpected {
            members[index].standing = .stopped
            record(.stopped(worker: members[index].worker, lastSeq: members[index].receivedSeq), at: now)
        }
    }

    /// What follows a welcome.
    mutating func greetMember(_ index: Int, resumes: Bool) {
        if case .finishing(let outcome, _) = phase {
            send(.stop(Stop(run: configuration.run, reason: outcome.stopReason)), to: index)
        } else if members[index].mustStop {
            if members[index].isExpected { send(.stop(Stop(run: configuration.run, reason: .aborted)), to: index) }
        } else if !resumes, members[index].standing != .stopped {
            invite(index)
        }
    }

    private mutating func invite(_ index: Int) {
        let prepare = Prepare(run: configuration.run, seed: configuration.seed, scenario: configuration.scenario)
        send(.prepare(prepare), to: index)
    }

    /// A worker runs none of the agents that it was given, and knows of none.
    private mutating func forget(_ index: Int, at now: FleetTime, taken: [TakenArrivals] = []) {
        // It may have let go of them as soon as it was out of sight.
        let since = members[index].session?.awayBefore ?? now
        release(index, keeping: AgentRanges(), reason: .forgotten, at: since, taken: taken)
        members[index].readiness = .preparing
        members[index].wanted = AgentRanges()
        members[index].grantStage = nil
        needsPlan = true
    }

    /// A worker has ended a run that goes on: it gets ready anew.
    private mutating func startOver(_ index: Int, after stopped: Stopped, at now: FleetTime) {
        forget(index, at: now, taken: stopped.taken)
        members[index].active = 0
        invite(index)
    }

    mutating func take(_ message: Message, from index: Int, on id: ConnectionID, at now: FleetTime) throws(ApeError) {
        switch message {
        case .pong(let pong):
            members[index].heardPong(at: now)
            links[id]?.pongLocal = pong.local
        case .window(let window): try take(window, from: index, on: id, at: now)
        case .unreadable(let window): refuse(window, from: index, on: id, at: now)
        case .prepared(let prepared): if isOurs(prepared.run, from: index) { prepare(index, at: now) }
        case .refused(let refused): if isOurs(refused.run, from: index) { take(refused, from: index, at: now) }
        case .assigned(let assigned):
            if isOurs(assigned.run, from: index) { take(assigned, from: index, at: now) }
        case .answered(let answered):
            if isOurs(answered.run, from: index), isOver(answered.stage, at: now) {
                members[index].answeredStage = max(members[index].answeredStage ?? 0, answered.stage)
            }
        case .event(let event): if isOurs(event.run, from: index) { take(event, from: index, at: now) }
        case .stopped(let stopped): if isOurs(stopped.run, from: index) { take(stopped, from: index, at: now) }
        case .leave(let leave): take(leave, from: index, at: now)
        case .wantRows(let want): if isOurs(want.run, from: index) { take(want, from: index, on: id, at: now) }
        case .error(let fault):
            let words = ["code": fault.code.rawValue, "reason": fault.message]
            log(of: index, .warning, "A worker complains", words, at: now)
        case .unknown(let type):
            send(.error(ApeError(.unknownType, "This coordinator does not know \(type.prefix(64))")), to: index)
        default: throw ApeError(.outOfOrder, "\(message.type) may not come from a worker")
        }
    }

    mutating func isOurs(_ run: String, from index: Int) -> Bool {
        if run == configuration.run { return true }
        log(of: index, .warning, "A worker speaks of another run", ["run": run], at: handledAt)
        return false
    }

    private mutating func prepare(_ index: Int, at now: FleetTime) {
        if members[index].readiness == .preparing {
            needsPlan = true
        }
        if !members[index].isReady { members[index].readiness = .ready(sentRevision: 0) }
        sendAssignment(to: index)
    }

    private mutating func take(_ refused: Refused, from index: Int, at now: FleetTime) {
        guard members[index].standing == .active else { return }
        let worker = members[index].worker
        record(.refused(worker: worker, code: refused.code, message: refused.message), at: now)
        let words = identity(of: index).merging(["code": refused.code, "reason": refused.message]) { $1 }
        log(.error, "A worker refuses the run", words)
        turnOut(index)
        if members[index].mustStop { send(.stop(Stop(run: configuration.run, reason: .aborted)), to: index) }
        needsPlan = true
        guard case .gathering = phase else { return }
        let message = "The worker \(members[index].name) refuses the scenario (\(refused.code)): \(refused.message)"
        finish(.fleetFailed(FleetFailure(.refused, ApeError(.fleet, message))), at: now)
    }

    private mutating func take(_ assigned: Assigned, from index: Int, at now: FleetTime) {
        guard assigned.revision == members[index].grantRevision, members[index].isExpected else { return }
        members[index].arrivals.settle(revision: assigned.revision, at: now)
        release(index, keeping: members[index].granted, reason: .rebalanced, at: now, taken: assigned.taken)
    }

    /// From now on at most `keeping` runs on a worker; the rest is free for others. `told` is what the worker itself said of
    /// the arrivals of agents that it has let go.
    mutating func release(
        _ index: Int,
        keeping: AgentRanges,
        reason: AgentMove.Reason,
        at since: FleetTime,
        taken told: [TakenArrivals] = []
    ) {
        let gone = members[index].held.subtracting(keeping)
        members[index].held = members[index].held.intersection(keeping)
        guard !gone.isEmpty else { return }
        let worker = members[index].worker
        let taken = members[index].arrivals.until(of: gone, told: told)
        unassigned.append(
            UnassignedAgents(agents: gone, from: worker, reason: reason, since: since, taken: taken)
        )
        if awaitsRelease { needsPlan = true }
    }

    private mutating func take(_ leave: Leave, from index: Int, at now: FleetTime) {
        guard members[index].standing == .active else { return }
        members[index].standing = .leaving
        members[index].wanted = AgentRanges()
        record(.leaving(worker: members[index].worker, reason: leave.reason), at: now)
        log(.info, "A worker leaves", identity(of: index).merging(["reason": leave.reason]) { $1 })
        if members[index].grantStage == nil { members[index].standing = .stopped }
        needsPlan = true
    }

    private mutating func take(_ stopped: Stopped, from index: Int, at now: FleetTime) {
        guard members[index].isExpected else { return }
        guard members[index].standing == .leaving || isEnding else {
            // An earlier coordinator ended the run there, and did not live to store it.
            log(of: index, .warning, "A worker has stopped unasked", at: now)
            return startOver(index, after: stopped, at: now)
        }
        members[index].standing = .stopped
        members[index].active = 0
        let taken = members[index].arrivals.until(of: members[index].held, told: stopped.taken)
        release(index, keeping: AgentRanges(), reason: .left, at: now, taken: stopped.taken)
        let isArriving = schedule.map { plan.stages[$0.timeline.stage].arrivals != nil } ?? false
        record(
            .stopped(
                worker: members[index].worker,
                lastSeq: stopped.lastSeq,
                taken: isArriving && !isEnding ? taken : []
            ),
            at: now
        )
        needsPlan = true
    }

    private mutating func take(
        _ window: Window,
        from index: Int,
        on id: ConnectionID,
        at now: FleetTime
    ) throws(ApeError) {
        guard isOurs(window.run, from: index) else { return }
        if case .closing = phase { return }
        let worker = members[index].worker
        guard isNew(window.seq, from: index) else { return }
        let (limits, bytes) = (configuration.limits, links[id]?.codec.lineBytes ?? 0)
        guard takesWindow(of: bytes, from: index, on: id, at: now) else { return }
        guard batch.windows.count < limits.waitingWindows, batchBytes + bytes <= limits.waitingBytes else {
            throw ApeError(.overloaded, "Too many windows wait to be stored; come back later")
        }
        noteReceived(window.seq, from: index, at: now)
        if !window.isLate {
            (members[index].active, members[index].waiting) = (window.active, window.waiting)
            members[index].arrivals.see(end: FleetTime(micros: window.endMicros), revision: window.revision)
        }
        batchBytes += bytes
        batch.windows.append(StoredWindow(worker: worker, window: window, received: now))
    }

    /// Whether a window comes for the first time. Of one that came before, an ack may have been lost.
    mutating func isNew(_ seq: Int64, from index: Int) -> Bool {
        guard seq <= members[index].receivedSeq else { return true }
        members[index].duplicates += 1
        if seq <= members[index].storedSeq {
            send(.ack(Ack(run: configuration.run, seq: members[index].storedSeq)), to: index)
        }
        return false
    }

    /// A window has come; those before it that have not will never come.
    mutating func noteReceived(_ seq: Int64, from index: Int, at now: FleetTime) {
        let (worker, expected) = (members[index].worker, members[index].receivedSeq + 1)
        if seq > expected {
            record(.windowsDropped(worker: worker, firstSeq: expected, lastSeq: seq - 1), at: now)
        }
        members[index].receivedSeq = seq
    }
}
