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
        beginPhase()
        expireOwed(at: now)
        expireEnding(at: now)
        if !hasExited { expireLink(at: now) }
    }

    /// Takes note that the process did not run for longer than a lease: its agents are others' by now.
    mutating func noticeSleep(at now: LocalTime) {
        guard lease.length > .zero, let due = nextWake, now - due >= lease.length else { return }
        slept = now - handledAt
        log(
            .warning,
            "This process did not run for longer than its lease: it was stopped, or its host was suspended",
            ["us": "\((now - handledAt).micros)"]
        )
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
        tell(due, after: current.applied)
        if current.window == nil {
            let fleetNow = clock.fleetTime(at: now)
            let start = fleetNow.secondFloor
            run?.window = WorkerRun.OpenWindow(start: start, assign: due, missed: fleetNow - start)
        } else if let window = current.window, window.assign.timeline != due.timeline,
            due.timeline.start <= window.start
        {
            run?.window = WorkerRun.OpenWindow(start: window.start, assign: due, missed: window.missed)
        }
        // Agents that come in mid-second are there too: without them their time would be nobody's.
        if let window = run?.window { run?.window?.assigned = max(window.assigned, due.agents.count) }
        if due.isPause { run?.window?.isPaused = true }
        // Who is taken away now may still owe the hold that has just ended.
        beginPhase()
        actions.append(.apply(Assignment(due, start: clock.localTime(of: due.timeline.start))))
    }

    /// Logs what the worker is to run, where that is not what it ran before.
    private mutating func tell(_ assign: Assign, after last: Assign?) {
        let stage = assign.timeline.stage
        guard last?.agents.count != assign.agents.count || last?.timeline.stage != stage else { return }
        log(
            .notice,
            "This worker is given agents",
            ["agents": "\(assign.agents.count)", "of": "\(assign.fleetAgents)", "stage": "\(stage + 1)"]
        )
    }

    /// Takes note of the phase that the open window is in.
    private mutating func beginPhase() {
        guard let current = run, let window = current.window, current.ending == nil else { return }
        let stamp = current.stamp(of: window)
        let before = current.phase
        guard before.map({ $0 != (stamp.stage, stamp.phase) }) ?? true else { return }
        run?.phase = (stamp.stage, stamp.phase)
        let endsHold = before?.phase == .hold
        if let before, endsHold, let end = current.holdEnd {
            run?.owed = WorkerRun.OwedHold(stage: before.stage, until: end + current.drain)
        }
        if stamp.phase == .hold {
            run?.holdEnd = window.assign.timeline.end
            run?.drain = window.assign.drain
            // A stage that is started over has another hold.
            if current.answeredStage == stamp.stage { run?.answeredStage = nil }
        }
        actions.append(.beginPhase(endsHold: endsHold))
    }

    /// Waits no longer for what the last hold began.
    private mutating func expireOwed(at now: LocalTime) {
        guard let owed = run?.owed, clock.isKnown, clock.fleetTime(at: now) >= owed.until else { return }
        actions.append(.giveUp(isOver: true, isEnd: false))
        answered()
    }

    /// Everything that the last hold began has ended.
    mutating func answered() {
        guard let current = run, let owed = current.owed else { return }
        run?.owed = nil
        run?.answeredStage = owed.stage
        send(.answered(Answered(run: current.run, stage: owed.stage)))
    }

    /// A window that is cut later than this was not measured to its cut.
    private static let lateCut = Micros.milliseconds(50)

    /// Ends the open window when its second is over. Seconds that were slept through are left out: nobody measured
    /// them.
    private mutating func cutWindow(at now: LocalTime) {
        guard let current = run, let window = current.window, current.ending?.hasDrained != true else { return }
        let fleetNow = clock.fleetTime(at: now)
        guard fleetNow >= window.end else { return }
        // A little late is measured with the second that is over. More, as of a process that was stopped, is nobody's time,
        // neither in that second nor in the one that has begun.
        let isStopped = fleetNow - window.end > Self.lateCut
        cut(window, skipped: isStopped ? fleetNow - window.end : .zero)
        var next = WorkerRun.OpenWindow(
            start: fleetNow.secondFloor,
            assign: current.applied ?? window.assign,
            missed: isStopped ? fleetNow - fleetNow.secondFloor : .zero
        )
        // Agents that were taken away are there until they have stopped.
        if current.settledRevision == nil { next.assigned = max(next.assigned, window.assigned) }
        run?.window = next
        if fleetNow.secondFloor > window.end {
            log(.warning, "Whole seconds passed unmeasured", ["us": "\((fleetNow.secondFloor - window.end).micros)"])
        }
    }

    mutating func cut(_ window: WorkerRun.OpenWindow, skipped: Micros = .zero) {
        guard let current = run else { return }
        run?.cuts += 1
        var stamp = current.stamp(of: window)
        stamp.skipped = max(.zero, skipped)
        actions.append(.cutWindow(stamp))
    }

    mutating func tallied(_ stamp: WindowStamp, _ cut: WindowCut, _ host: HostSample, at now: LocalTime) {
        guard let current = run, current.run == stamp.run, current.cuts > 0 else { return }
        run?.cuts -= 1
        var window = Window(run: stamp.run, place: stamp.place, cut.tally)
        window.assigned = stamp.assigned
        window.active = cut.active
        window.stalled = cut.stalled
        window.waiting = cut.waiting
        window.host = host
        let absent = Int64(stamp.assigned)
            .multipliedClamped(by: cut.lengthMicros.addingClamped(stamp.missed.micros))
            .subtractingClamped(cut.presentMicros)
        if absent > 0 { window.counters[.absentMicros] = absent }
        let dropped = budget.takeDropped()
        if dropped > 0 { window.counters[.eventsDropped, default: 0] += dropped }
        deliver(window)
        for late in cut.late {
            var window = Window(run: stamp.run, place: late.place, late.tally)
            window.isLate = true
            deliver(window)
        }
        sayStopped(at: now)
    }

    /// Numbers a window, keeps it until it is stored, and sends it.
    private mutating func deliver(_ unnumbered: Window) {
        guard let current = run else { return }
        var window = unnumbered
        window.seq = current.outbox.nextSeq
        let line = Message.window(window).line
        if run?.outbox.append(line) == true {
            log(.error, "Too many windows wait to be stored: the oldest is dropped", ["run": window.run])
        }
        if isOnline, let connection { actions.append(.send(connection.id, line)) }
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
            if let owed = run.owed { times.append(clock.localTime(of: owed.until)) }
            if let ending = run.ending { times.append(ending.next) }
        }
        return times.min()
    }
}
