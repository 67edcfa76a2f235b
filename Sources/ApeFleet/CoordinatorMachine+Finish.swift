import ApeCore
import ApeWire

/// The run's end: workers stop, their last windows come in, everything is stored.
extension CoordinatorMachine {
    var isEnding: Bool {
        switch phase {
        case .finishing, .closing, .finished: true
        case .idle, .gathering, .running: false
        }
    }

    mutating func interrupt(at now: FleetTime) {
        switch phase {
        case .idle, .gathering, .running: finish(.interrupted, at: now)
        // Asked twice, it waits for nobody.
        case .finishing(let outcome, _): phase = .finishing(outcome, until: now)
        case .closing, .finished: break
        }
    }

    /// The run may cost no more: workers stop after the requests that they are at. Once the last hold is over, only
    /// answers to it are waited for: the plan was walked to its end, and what it began is not cut short.
    mutating func endForBudget(at now: FleetTime) { endEarly(.budgetSpent, at: now) }

    /// A condition that ends the run failed.
    mutating func abort(_ threshold: String, at now: FleetTime) { endEarly(.aborted(threshold: threshold), at: now) }

    private mutating func endEarly(_ outcome: RunOutcome, at now: FleetTime) {
        guard case .running = phase, let timeline = schedule?.timeline else { return }
        let isLast = timeline.stage + 1 >= plan.stages.count
        guard !isLast || now < timeline.end else { return }
        finish(outcome, at: now)
    }

    mutating func finish(_ outcome: RunOutcome, at now: FleetTime) {
        guard !isEnding else { return }
        phase = .finishing(outcome, until: now + configuration.limits.finish)
        log(.info, "The run ends", ["outcome": outcome.code])
        // Agents that stand still because the run does found no worker because nobody looked for one.
        if pausedAt != nil { unassigned = [] }
        recordStranded(at: now)
        record(.ending(outcome: outcome.code, message: outcome.message ?? ""), at: now)
        for index in members.indices {
            send(.stop(Stop(run: configuration.run, reason: outcome.stopReason)), to: index)
        }
    }

    mutating func finishWhenQuiet(_ outcome: RunOutcome, until limit: FleetTime, at now: FleetTime) {
        let areStopped = !members.contains { $0.isExpected && ($0.isConnected || $0.grantStage != nil) }
        let isStored = isStoreBroken || commit == nil && batch.windows.isEmpty
        guard areStopped && isStored || now >= limit else { return }
        if !areStopped { log(.warning, "Some workers did not stop in time") }
        record(.ended(outcome: outcome.code, message: outcome.message ?? ""), at: now)
        phase = .closing(outcome)
        isBatchUrgent = true
        if isStoreBroken { close(outcome) }
    }

    /// Everything is stored: the connections end, and the machine with them.
    mutating func close(_ outcome: RunOutcome) {
        for connection in pending.all { actions.append(.close(connection.id, after: [])) }
        for id in links.keys.sorted() { actions.append(.close(id, after: [])) }
        pending.removeAll()
        links = [:]
        phase = .finished
        actions.append(.finished(outcome))
    }
}

extension RunOutcome {
    var stopReason: Stop.Reason { self == .finished ? .finished : .aborted }
}
