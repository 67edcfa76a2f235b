import ApeCore
import ApeMetrics
import ApeWire

/// What comes on a connection that stands: the run, its assignments and its end.
extension WorkerMachine {
    mutating func takeOnline(_ message: Message, at now: LocalTime) throws(ApeError) {
        switch message {
        case .ping(let ping): take(ping, at: now)
        case .prepare(let prepare): take(prepare)
        case .assign(let assign): try take(assign)
        case .ack(let ack):
            if ack.run == run?.run { run?.outbox.ack(ack.seq) }
        case .stop(let stop): take(stop, at: now)
        case .rows(let rows): take(rows)
        case .error(let fault):
            log(.warning, "The coordinator complains", ["code": fault.code.rawValue, "reason": fault.message])
        case .unknown(let type): answer(unknown: type)
        default: throw ApeError(.outOfOrder, "\(message.type) may not come now")
        }
    }

    private mutating func take(_ ping: Ping, at now: LocalTime) {
        send(.pong(Pong(id: ping.id, sent: ping.sent, local: now)))
        clock.sample(sent: ping.sent, received: now)
        onlineAt = now
        if let heard = ping.heard, heard <= now {
            lease.heard(at: heard, length: lease.length)
            renewLease(at: now)
        }
    }

    private mutating func take(_ prepare: Prepare) {
        if let run, run.run == prepare.run, run.stopped == nil || leaving != nil {
            switch run.preparation {
            case .underWay: break
            case .done: send(.prepared(Prepared(run: run.run)))
            case .refused(let refused): send(.refused(refused))
            }
            return
        }
        // A run that ended here and goes on after all: its windows are kept, and numbered on from there.
        let kept = run?.run == prepare.run ? run?.outbox : nil
        abandonRun(keepingWindows: kept != nil)
        rowRequests.forget()
        let lastSeq = endedRun.flatMap { $0.run == prepare.run ? $0.lastSeq : nil } ?? 0
        if kept == nil { clock.beginRun() }
        let outbox = kept ?? Outbox(capacity: configuration.limits.unackedWindows, lastSeq: lastSeq)
        run = WorkerRun(run: prepare.run, outbox: outbox, exemplarsPerReason: configuration.limits.exemplarsPerReason)
        actions.append(.prepare(prepare))
        log(.notice, "This worker gets ready for a run", ["run": prepare.run])
    }

    mutating func prepared(_ id: String) {
        guard run?.run == id else { return }
        run?.preparation = .done
        send(.prepared(Prepared(run: id)))
    }

    mutating func refused(_ refused: Refused) {
        guard run?.run == refused.run else { return }
        run?.preparation = .refused(refused)
        send(.refused(refused))
    }

    private mutating func take(_ assign: Assign) throws(ApeError) {
        guard let current = run, current.run == assign.run, current.preparation == .done else {
            throw ApeError(.outOfOrder, "assign may not come before prepared")
        }
        guard current.ending == nil else { return }
        if let most = configuration.capacity.maxAgents, assign.agents.count > most {
            return refuse(assign, most: most)
        }
        if assign.revision > current.latestRevision {
            run?.receive(assign)
            actions.append(.foresee(assign.agents))
        } else if current.settledRevision == assign.revision {
            send(.assigned(current.assigned(assign.revision)))
        }
    }

    /// What its operator allows holds against the coordinator too. What ran before goes on until that has it stopped.
    private mutating func refuse(_ assign: Assign, most: Int) {
        let message =
            "Revision \(assign.revision) has \(assign.agents.count) agents for this worker, which takes \(most) "
            + "(--max-agents)"
        log(.error, "The coordinator assigns more agents than this worker takes", ["reason": message])
        send(.refused(Refused(run: assign.run, code: ApeError.Code.tooManyAgents.rawValue, message: message)))
    }

    mutating func settled(_ revision: Int) {
        guard let current = run, current.applied?.revision == revision else { return }
        run?.settledRevision = revision
        send(.assigned(current.assigned(revision)))
    }

    /// After a welcome: what the coordinator knows of the run, and what it may have missed.
    mutating func resume(_ resume: Welcome.Resume?, at now: LocalTime) {
        guard let current = run else { return }
        guard let resume, resume.run == current.run else {
            log(.warning, "The coordinator does not know this worker's run", ["run": current.run])
            abandonRun()
            return
        }
        run?.outbox.ack(resume.ackedSeq)
        switch current.preparation {
        case .underWay: break
        case .done: send(.prepared(Prepared(run: current.run)))
        case .refused(let refused): send(.refused(refused))
        }
        guard let connection else { return }
        for line in run?.outbox.lines ?? current.outbox.lines { actions.append(.send(connection.id, line)) }
        if let stage = current.answeredStage { send(.answered(Answered(run: current.run, stage: stage))) }
        askForRowsAgain()
        if let leaving { send(.leave(Leave(reason: leaving))) }
        if let stopped = current.stopped { send(.stopped(stopped)) }
    }

    /// The run is void: nothing of it is worth keeping.
    private mutating func abandonRun(keepingWindows: Bool = false) {
        guard let void = run else { return }
        endedRun = void.lastWord
        run = nil
        if void.applied != nil { actions.append(.cancelAgents) }
        lease.isInForce = false
        actions.append(.endRun(void.run))
        if !keepingWindows, !void.outbox.isEmpty {
            log(.warning, "Windows of a void run are dropped", ["run": void.run, "windows": "\(void.outbox.count)"])
        }
    }

    /// Passes an event on, within the bounds of what may be told.
    mutating func tell(_ event: WorkerEvent, at now: LocalTime) {
        if event.code == WorkerEvent.sessionSucceeded { return tellSuccess(event, at: now) }
        guard isOnline, let current = run, budget.spend(at: now) else { return budget.drop() }
        let isWhole = event.session != nil && run?.exemplars.spend(event.code) == true
        tell(event, of: current.run, isWhole: isWhole, at: now)
    }

    /// Passes a successful session on where it is one that shows something. It takes no other event's place, and nothing is
    /// missed without it.
    private mutating func tellSuccess(_ event: WorkerEvent, at now: LocalTime) {
        guard isOnline, takesSuccesses, let session = event.session, let current = run, budget.mostly(at: now)
        else { return }
        let stage = current.applied?.timeline.stage ?? 0
        guard run?.successes.spend(session.goal, stage: stage, micros: session.durationMicros) == true,
            budget.spend(at: now)
        else { return }
        tell(event, of: current.run, isWhole: true, at: now)
    }

    private mutating func tell(_ event: WorkerEvent, of run: String, isWhole: Bool, at now: LocalTime) {
        var told = event
        // An agent of an earlier run may still be coming to its end.
        told.run = run
        told.code = event.code.cut(to: WireLimit.nameBytes)
        told.message = event.message.cut(to: WireLimit.messageBytes)
        if isWhole, let session = event.session {
            let start = clock.fleetTime(at: now) - Micros(session.durationMicros)
            told.session?.startMicros = max(0, start.micros)
        } else {
            told.session = nil
        }
        send(.event(told))
    }
}
