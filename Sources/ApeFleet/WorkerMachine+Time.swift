import ApeCore
import ApeMetrics
import ApeWire

/// What comes with time: the lease, the windows, assignments whose time has come, and silence.
extension WorkerMachine {
    /// Deals with everything that is due.
    mutating func expire(at now: LocalTime) {
        expireLease(at: now)
        cutWindow(at: now)
        applyAssignment(at: now)
        expireEnding(at: now)
        if !hasExited { expireLink(at: now) }
    }

    private mutating func expireLease(at now: LocalTime) {
        guard run?.applied != nil, lease.isInForce, !lease.isValid(at: now) else { return }
        lease.isInForce = false
        actions.append(.cancelAgents)
        log(.error, "The lease has run out: everything in flight is cancelled")
    }

    /// The lease may hold again: what was cancelled comes back with the assignment, if the coordinator has not taken
    /// it away meanwhile.
    mutating func renewLease(at now: LocalTime) {
        if lease.isValid(at: now), !lease.isInForce { run?.applyAgain() }
    }

    private mutating func applyAssignment(at now: LocalTime) {
        guard let current = run, current.ending == nil, clock.isKnown, lease.isValid(at: now),
            let due = run?.takeDue(at: clock.fleetTime(at: now))
        else { return }
        lease.isInForce = true
        if current.window == nil {
            run?.window = WorkerRun.OpenWindow(start: clock.fleetTime(at: now).secondFloor, assign: due)
        } else if let window = current.window, window.assign.timeline.stage != due.timeline.stage,
            due.timeline.start <= window.start
        {
            run?.window?.assign = due
        }
        actions.append(.apply(Assignment(due, start: clock.localTime(of: due.timeline.start))))
    }

    /// Ends the open window when its second is over. Seconds that were slept through are left out: nobody measured
    /// them.
    private mutating func cutWindow(at now: LocalTime) {
        guard let current = run, let window = current.window, current.ending?.hasDrained != true else { return }
        let fleetNow = clock.fleetTime(at: now)
        guard fleetNow >= window.end else { return }
        cut(window)
        run?.window = WorkerRun.OpenWindow(
            start: fleetNow.secondFloor,
            assign: current.applied ?? window.assign
        )
        if fleetNow.secondFloor > window.end {
            log(.warning, "Whole seconds passed unmeasured", ["us": "\((fleetNow.secondFloor - window.end).micros)"])
        }
    }

    mutating func cut(_ window: WorkerRun.OpenWindow) {
        guard let current = run else { return }
        run?.cuts += 1
        actions.append(.cutWindow(current.stamp(of: window)))
    }

    mutating func tallied(_ stamp: WindowStamp, _ tally: WindowTally, _ host: HostSample, at now: LocalTime) {
        guard let current = run, current.run == stamp.run, current.cuts > 0 else { return }
        run?.cuts -= 1
        var window = Window(
            run: stamp.run,
            seq: current.outbox.nextSeq,
            stage: stamp.stage,
            revision: stamp.revision,
            phase: stamp.phase,
            startMicros: stamp.start.micros,
            endMicros: stamp.end.micros,
            assigned: stamp.assigned,
            active: tally.leastActive,
            counters: tally.counters,
            series: tally.series,
            host: host
        )
        let dropped = budget.takeDropped()
        if dropped > 0 { window.counters[.eventsDropped, default: 0] += dropped }
        let line = Message.window(window).line
        if run?.outbox.append(line) == true {
            log(.error, "Too many windows wait to be stored: the oldest is dropped", ["run": stamp.run])
        }
        if isOnline, let connection { actions.append(.send(connection.id, line)) }
        sayStopped(at: now)
    }

    private mutating func expireLink(at now: LocalTime) {
        switch link {
        case .waiting(let until):
            guard now >= until else { return }
            link = .connecting
            actions.append(.connect)
        case .connecting: break
        case .greeting, .proving:
            guard let connection, now >= connection.openedAt + configuration.limits.handshake else { return }
            reconnect("The handshake took too long", at: now)
        case .online:
            guard let connection, now >= connection.heardAt + lease.silence else { return }
            reconnect("The coordinator is silent", at: now)
        }
    }

    /// When ``Event/timer`` is due, on the same clock; nil when nothing is waited for.
    package var nextWake: LocalTime? {
        guard !hasExited else { return nil }
        var times: [LocalTime] = []
        switch link {
        case .waiting(let until): times.append(until)
        case .connecting: break
        case .greeting, .proving:
            if let connection { times.append(connection.openedAt + configuration.limits.handshake) }
        case .online:
            if let connection { times.append(connection.heardAt + lease.silence) }
        }
        if let run {
            if run.applied != nil, let change = lease.nextChange { times.append(change) }
            if let window = run.window, run.ending?.hasDrained != true {
                times.append(clock.localTime(of: window.end))
            }
            if run.ending == nil, let next = run.waiting.first {
                let due = clock.localTime(of: next.timeline.start)
                if due > handledAt, due < lease.validUntil { times.append(due) }
            }
            if let ending = run.ending { times.append(ending.next) }
        }
        return times.min()
    }
}
