import ApeCore
import ApeWire

/// How a worker's part in a run ends: agents stop, the last window is cut, `stopped` is said, acks come in.
extension WorkerMachine {
    mutating func take(_ stop: Stop, at now: LocalTime) {
        guard let current = run, current.run == stop.run else {
            let known = endedRun?.run == stop.run ? endedRun : nil
            return send(.stopped(known ?? Stopped(run: stop.run, lastSeq: 0)))
        }
        if let stopped = current.stopped { return send(.stopped(stopped)) }
        end(isOver: stop.reason == .finished, at: now)
    }

    mutating func leave(_ reason: String, at now: LocalTime) {
        guard leaving == nil else { return }
        leaving = reason.cut(to: WireLimit.messageBytes)
        log(.notice, "This worker leaves the fleet", ["reason": reason])
        send(.leave(Leave(reason: reason.cut(to: WireLimit.messageBytes))))
        guard run != nil else { return exit(.left) }
        end(isOver: false, at: now)
    }

    /// Ends the run here.
    ///
    /// - Parameters:
    ///   - isOver: whether what holds began has been waited for long enough.
    ///   - now: the worker's time.
    private mutating func end(isOver: Bool, at now: LocalTime) {
        guard let current = run, current.ending == nil else { return }
        let agents = current.applied?.agents.count ?? 0
        log(.notice, "The run ends here: agents finish what they are at", ["agents": "\(agents)", "run": current.run])
        run?.owed = nil
        if current.applied != nil { actions.append(.giveUp(isOver: isOver, isEnd: true)) }
        run?.noteAllGoing()
        run?.ending = WorkerRun.Ending(drainLimit: now + configuration.limits.drain)
        run?.forgetAssignments()
        guard current.applied != nil else { return drained(at: now) }
        actions.append(.stopAgents)
    }

    /// No agent runs any more: the window that is open is the last.
    mutating func drained(at now: LocalTime) {
        guard let current = run, let ending = current.ending, !ending.hasDrained else { return }
        run?.ending?.hasDrained = true
        log(.notice, "No agent runs any more", ["run": current.run])
        if var window = current.window {
            window.missed = window.missed + max(.zero, window.end - clock.fleetTime(at: now))
            cut(window)
        }
        run?.window = nil
        sayStopped(at: now)
    }

    /// Says `stopped` once the last window has been handed over.
    mutating func sayStopped(at now: LocalTime) {
        guard let current = run, let ending = current.ending, ending.hasDrained, current.cuts == 0,
            ending.ackLimit == nil
        else { return }
        run?.ending?.ackLimit = now + configuration.limits.lastAck
        send(.stopped(current.lastWord))
    }

    mutating func expireEnding(at now: LocalTime) {
        guard let current = run, let ending = current.ending else { return }
        if let limit = ending.ackLimit {
            if current.outbox.isEmpty && isOnline || now >= limit { endRun(at: now) }
        } else if now >= ending.drainLimit {
            if ending.isCancelled {
                drained(at: now)
            } else {
                run?.ending?.isCancelled = true
                run?.ending?.drainLimit = now + configuration.limits.cancel
                actions.append(.cancelAgents)
            }
        }
    }

    private mutating func endRun(at now: LocalTime) {
        guard let ended = run else { return }
        if !ended.outbox.isEmpty {
            log(.error, "The last windows were not acked in time", ["windows": "\(ended.outbox.count)"])
        }
        endedRun = ended.lastWord
        run = nil
        lease.isInForce = false
        actions.append(.endRun(ended.run))
        log(.notice, "The run is over for this worker", ["run": ended.run, "windows": "\(ended.outbox.lastSeq)"])
        if leaving != nil { exit(.left) } else if configuration.once { exit(.finished) }
    }
}

extension WorkerRun.Ending {
    /// When something is due.
    var next: LocalTime { ackLimit ?? drainLimit }
}
