import ApeFleet
import ApeWire

/// What goes wrong.
extension Simulation {
    mutating func strike(_ fault: SimulatedFault) {
        if isTracing { note("FAULT \(fault)") }
        switch fault {
        case .killWorker(let index, let restart): killWorker(index, restart: restart)
        case .killCoordinator(let down): killCoordinator(down: down)
        case .killCoordinatorAtGrant(let down): killsAtGrant = down
        case .suspendCoordinator(let down):
            suspendedDown = down
            tell(.suspended, again: fault)
        case .pauseWorker(let index, let micros):
            guard workers[index].machine != nil, workers[index].pausedUntilMicros == nil else { return }
            suspend(index)
            workers[index].pausedUntilMicros = now + micros
            queue.add(.resumeWorker(index), at: now + micros)
        case .pauseCoordinator(let micros):
            guard coordinator != nil, coordinatorPausedUntil == nil else { return }
            coordinatorPausedUntil = now + micros
            queue.add(.resumeCoordinator, at: now + micros)
        case .partition(let index, let micros):
            workers[index].partitionedUntilMicros = max(workers[index].partitionedUntilMicros, now + micros)
        case .reset(let index):
            for link in openLinks(of: index) {
                queue.add(.end(link: link, atCoordinator: true), at: now + pick(setup.latencyMicros))
                queue.add(.end(link: link, atCoordinator: false), at: now + pick(setup.latencyMicros))
                links[link].isDead = true
            }
        case .halfOpen(let index): for link in openLinks(of: index) { links[link].isDead = true }
        case .slow(let index, let micros, let delay):
            workers[index].slowUntilMicros = now + micros
            workers[index].slowByMicros = delay
        case .lopsided(let index, let micros, let delay):
            workers[index].mutedUntilMicros = now + micros
            workers[index].slowUntilMicros = now + micros
            workers[index].slowByMicros = delay
        case .slowCommits(let micros, let delay):
            slowCommitsUntil = now + micros
            slowCommitsBy = delay
        case .busyStore(let micros): busyStoreUntil = now + micros
        case .fullDisk(let down): fullDiskDown = down
        case .garble(let index, let every): workers[index].garblesEvery = every
        case .leave(let index):
            guard workers[index].machine != nil, workers[index].pausedUntilMicros == nil else { return }
            workers[index].isLeaving = true
            handle(index, .leaveRequested(reason: "SIGTERM"))
        case .interrupt:
            guard coordinator != nil, coordinatorPausedUntil == nil else { return }
            handle(.interrupted)
        case .scale(let agents): tell(.rescale(agents), again: fault)
        case .stop: tell(.stopped, again: fault)
        case .pause(let micros):
            tell(.paused, again: fault)
            if coordinator?.isPaused == true { queue.add(.fault(.goOn), at: now + micros) }
        case .goOn:
            tell(.continued, again: fault)
            // A coordinator that died of it may not have stored that it was told.
            queue.add(.fault(.goOn), at: now + 5_000_000)
        }
    }

    /// Tells the coordinator something that its user repeats until it is heard.
    private mutating func tell(_ event: CoordinatorMachine.Event, again fault: SimulatedFault) {
        guard coordinator != nil, coordinatorPausedUntil == nil else {
            return queue.add(.fault(fault), at: now + 1_000_000)
        }
        handle(event)
    }

    private func openLinks(of index: Int) -> [Int] {
        links.indices.filter {
            links[$0].worker == index && links[$0].workerLife == workers[index].life
                && (links[$0].toWorker.isOpen || links[$0].toCoordinator.isOpen)
        }
    }

    private mutating func killWorker(_ index: Int, restart: Int64?) {
        guard workers[index].machine != nil else { return }
        exitWorker(index)
        workers[index].pausedUntilMicros = nil
        if let restart { queue.add(.startWorker(index), at: now + restart) }
    }

    mutating func killCoordinator(down: Int64) {
        guard coordinator != nil else { return }
        coordinator = nil
        coordinatorPausedUntil = nil
        coordinatorWake = nil
        for link in links.indices where links[link].coordinatorLife == coordinatorLife {
            guard links[link].toCoordinator.isOpen else { continue }
            close(links[link].id, byCoordinator: true, after: [])
        }
        // What was being committed when the process died may have become durable, or not.
        if let batch = committing, Bool.random(using: &random) { commit(batch) }
        committing = nil
        queue.add(.startCoordinator, at: now + down)
    }

    mutating func resumeWorker(_ index: Int) {
        guard workers[index].pausedUntilMicros == now else { return }
        workers[index].pausedUntilMicros = nil
        guard workers[index].machine != nil else { return }
        // Everything that came meanwhile comes first, old as it is: no process knows at once that it was stopped.
        workers[index].isWaking = true
        queue.add(.wokenWorker(index), at: now)
    }

    /// The process has caught up, and loads what its machine did not cancel.
    mutating func wokenWorker(_ index: Int) {
        guard workers[index].isWaking else { return }
        if workers[index].machine != nil { handle(index, .timer) }
        workers[index].isWaking = false
        claim(index)
    }

    mutating func resumeCoordinator() {
        guard coordinatorPausedUntil == now else { return }
        coordinatorPausedUntil = nil
        if coordinator != nil { handle(.timer) }
    }
}
