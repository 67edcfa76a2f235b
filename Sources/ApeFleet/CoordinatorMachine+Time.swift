import ApeCore
import ApeWire

/// The heartbeat: pings, silence, leases that have run out, and how the run goes.
extension CoordinatorMachine {
    mutating func beat(at now: FleetTime) {
        nextBeat = now + configuration.heartbeat
        for connection in pending.all
        where now >= connection.openedAt + configuration.limits.handshake {
            turnAway(connection, ApeError(.handshakeTimeout, "The handshake took too long"), at: now)
        }
        let unlogged = turnedAwayLog.takeDropped()
        if unlogged > 0 { log(.warning, "More connections were turned away", ["connections": "\(unlogged)"]) }
        tellUnlogged()
        tellSlowCommit(at: now)
        for (id, link) in links.sorted(by: { $0.key < $1.key }) {
            if let pausedAt = link.windowsPausedAt, now >= pausedAt + configuration.limits.windowPause {
                fail(id, Self.overBudget("windows"), at: now)
            } else if now >= link.heardAt + configuration.lease / 2 {
                let fault = ApeError(.silent, "Nothing was heard for too long")
                actions.append(.close(id, after: Message.error(fault).line))
                disconnected(id, reason: fault.message, at: now)
            } else {
                ping(id, at: now)
            }
        }
        for index in members.indices where members[index].isExpected { expireLease(index, at: now) }
        actions.append(.progress(progress(at: now)))
    }

    /// Takes note that the process did not run for longer than a lease: its workers have let their agents go by now.
    mutating func noticeSleep(at now: FleetTime) {
        guard let due = nextWake, now - due >= configuration.lease else { return }
        let slept = now - handledAt
        record(.slept(slept), at: now)
        log(
            .warning,
            "This process did not run for longer than a lease: it was stopped, or its host was suspended",
            ["us": "\(slept.micros)"]
        )
    }

    mutating func ping(_ id: ConnectionID, at now: FleetTime) {
        guard let link = links[id] else { return }
        links[id]?.nextPing += 1
        let ping = Ping(id: link.nextPing, sent: now, heard: link.pongLocal)
        actions.append(.send(id, Message.ping(ping).line))
    }

    /// A worker that was not heard for longer than its agents may run without that, by any clock, runs nothing any
    /// more.
    private mutating func expireLease(_ index: Int, at now: FleetTime) {
        let silent = now - members[index].heardAt
        guard silent >= configuration.takeover(cancelsAtLease: members[index].cancelsAtLease) else { return }
        if let connection = members[index].connection {
            actions.append(.close(connection, after: []))
            disconnected(connection, reason: "No pong came", at: now)
        }
        let since = members[index].heardAt
        members[index].standing = members[index].standing == .leaving ? .stopped : .lost
        members[index].wanted = AgentRanges()
        members[index].granted = AgentRanges()
        members[index].active = 0
        release(index, keeping: AgentRanges(), reason: .lost, at: since)
        record(.lost(worker: members[index].worker, silent: silent), at: now)
        log(.error, "A worker is lost", identity(of: index).merging(["silent_us": "\(silent.micros)"]) { $1 })
        needsPlan = true
    }

    private func progress(at now: FleetTime) -> Progress {
        var progress = Progress(
            phase: .gathering,
            now: now,
            stage: schedule?.timeline.stage,
            phaseEnd: nil,
            expectedWorkers: configuration.expectedWorkers,
            connectedWorkers: links.count,
            silentWorkers: members.count { $0.isExpected && !$0.isConnected },
            targetAgents: schedule?.plannedAgents ?? 0,
            assignedAgents: members.reduce(0) { $0 + $1.granted.count },
            activeAgents: members.reduce(0) { $0 + $1.active },
            waitingAgents: members.reduce(0) { $0 + $1.waiting },
            waitingWindows: batch.windows.count
        )
        switch phase {
        case .idle, .gathering:
            progress.phase = completeSince == nil ? .gathering : .preparing
            if completeSince == nil { progress.phaseEnd = startedAt + configuration.wait }
        case .running:
            let timeline = schedule?.timeline
            let isHold = timeline.map { now >= $0.holdStart } ?? false
            progress.phase = isHold ? .hold : .ramp
            // An open hold has an end that nobody waits for.
            let isOpen = timeline.map { plan.stages[$0.stage].isOpen } ?? false
            progress.phaseEnd = isHold ? (isOpen ? nil : timeline?.end) : timeline?.holdStart
            if let timeline, now >= timeline.end, timeline.stage + 1 >= plan.stages.count, !isOpen {
                (progress.phase, progress.phaseEnd) = (.drain, timeline.end + configuration.drain)
            }
            if pausedAt != nil { (progress.pausedSince, progress.phaseEnd) = (pausedAt, nil) }
        case .finishing(_, let until): (progress.phase, progress.phaseEnd) = (.finishing, until)
        case .closing, .finished: progress.phase = .finishing
        }
        return progress
    }
}
