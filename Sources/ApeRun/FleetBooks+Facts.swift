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
            for worker in grant.agents.keys { self.grant(worker, atMicros: fact.at.micros) }
        case .disconnected(let worker, _): disconnect(worker, atMicros: fact.at.micros)
        case .returned(let worker, _): reconnect(worker, atMicros: fact.at.micros)
        case .lost(let worker, _): lose(worker, atMicros: fact.at.micros)
        case .stopped(let worker, let lastSeq, _): stop(worker, lastSeq: lastSeq, atMicros: fact.at.micros)
        case .moved(let move): add(move, atMicros: fact.at.micros)
        case .windowsDropped(let worker, let first, let last): drop(worker, windows: last.addingClamped(1 - first))
        case .windowsRefused(let worker, let first, let last, let reason):
            refuse(worker, windows: last.addingClamped(1 - first), reason: reason)
        case .duplicates(let worker, let windows): countDuplicates(of: worker, windows: windows)
        case .overBudget(let worker, let what, let count): exceed(worker, what, count: count)
        case .storeStalled(let length): storeStalled(micros: length.micros, atMicros: fact.at.micros)
        case .resumed(let outage): resume(outageMicros: outage.micros, atMicros: fact.at.micros)
        case .slept(let length): resume(outageMicros: length.micros, atMicros: fact.at.micros)
        case .paused: pause(atMicros: fact.at.micros)
        case .continued: goOn(atMicros: fact.at.micros)
        case .ended: end(atMicros: fact.at.micros)
        case .turnedAway, .tried, .appended, .leaving, .refused, .rowsLeased, .rowsUsedUp, .event, .suspended, .ending:
            break
        }
    }
}
