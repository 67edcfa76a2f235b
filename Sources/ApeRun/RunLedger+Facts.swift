import ApeCore
import ApeFleet
import ApeMetrics
import ApeWire

extension RunLedger {
    /// Adds a stored window.
    package mutating func add(_ stored: StoredWindow) {
        latest = max(latest, stored.received)
        add(worker: stored.worker, window: stored.window, receivedMicros: stored.received.micros)
    }

    /// Takes note of something that happened to the fleet.
    ///
    /// - Returns: the event that it is for people; nil for what only the machines need.
    @discardableResult
    package mutating func add(_ fact: FleetFact) -> FleetEvent? {
        latest = max(latest, fact.at)
        switch fact.kind {
        case .appended(let stage): append(stage)
        case .tried(let stage): tried.insert(stage)
        case .stage(let schedule): stageStarted(schedule.timeline)
        case .joined(let worker, let name, let software, _, let capacity):
            workerKnown(
                WorkerFacts(
                    id: worker,
                    name: name,
                    version: software,
                    labels: capacity.labels,
                    cpus: capacity.cpus,
                    memoryBytes: capacity.memoryBytes,
                    maxAgents: capacity.maxAgents ?? 0
                )
            )
        case .paused: paused(atMicros: fact.at.micros)
        case .rowsUsedUp(let set, _): rowsUsedUp(set, atMicros: fact.at.micros)
        case .ending(let outcome, let message):
            if outcome == RunOutcome.abortedName { abortedBy = message }
            ending(atMicros: fact.at.micros)
        case .event(let worker, let event):
            guard let session = event.session else { break }
            exemplars.add(
                ExemplarSession(
                    reason: event.code,
                    message: event.message,
                    worker: worker,
                    agent: event.agent,
                    traceID: event.traceID,
                    session: session
                )
            )
        default: break
        }
        books.apply(fact)
        let event = FleetEvent(fact, nameOf: { workers[$0]?.facts.name ?? $0 })
        if let event { add(event: event) }
        return event
    }
}
