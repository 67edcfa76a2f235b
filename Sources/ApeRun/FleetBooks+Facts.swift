import ApeCore
import ApeFleet
import ApeMetrics

extension FleetBooks {
    /// Enters what happened to the fleet.
    package mutating func apply(_ fact: FleetFact) {
        switch fact.kind {
        case .joined(let worker, let name, _, _, _): join(worker, name: name)
        case .stage(let schedule): self.schedule(schedule.timeline)
        case .granted(let grant):
            for worker in grant.agents.keys { self.grant(worker, atMicros: fact.atMicros) }
        case .disconnected(let worker, _): disconnect(worker, atMicros: fact.atMicros)
        case .returned(let worker, _): reconnect(worker, atMicros: fact.atMicros)
        case .lost(let worker, _): lose(worker, atMicros: fact.atMicros)
        case .stopped(let worker, let lastSeq): stop(worker, lastSeq: lastSeq, atMicros: fact.atMicros)
        case .moved(let move): add(move, atMicros: fact.atMicros)
        case .windowsDropped(let worker, let first, let last): drop(worker, windows: last.addingClamped(1 - first))
        case .duplicates(let worker, let windows): countDuplicates(of: worker, windows: windows)
        case .resumed(let outage): resume(outageMicros: outage, atMicros: fact.atMicros)
        case .ended: end(atMicros: fact.atMicros)
        case .turnedAway, .appended, .leaving, .refused, .event, .ending: break
        }
    }
}

extension StageSchedule {
    /// The same as the ledger has it.
    package var timeline: StageTimeline {
        StageTimeline(
            stage: stage,
            startMicros: startMicros,
            rampMicros: rampMicros,
            warmupMicros: warmupMicros,
            holdMicros: holdMicros
        )
    }
}
