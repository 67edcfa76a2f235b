import ApeCore
import ApeFleet
import ApeMetrics
import ApeWire

/// A session that began, somewhere.
package struct BegunArrival: Sendable {
    /// The process that began it.
    package var worker: String
    /// The revision that was in force.
    var revision: Int
    /// Fleet time.
    package var at: FleetTime
}

/// Sessions arrive, and are over in no time: one is late only where nobody was there to begin it.
extension Simulation {
    /// What a worker's orders say of arrivals; they hold from now on.
    mutating func applyArrivals(_ index: Int, _ assignment: Assignment, then events: inout [WorkerMachine.Event]) {
        workers[index].fleetOffset = workers[index].machine?.fleetOffset ?? .zero
        let schedule = assignment.arrivals.map {
            ArrivalSchedule(seed: setup.seed, $0.stage, assignment.timeline)
        }
        let until = workers[index].arrivals.apply(
            schedule,
            agents: assignment.agents.agents,
            until: { assignment.arrivals?.until(agent: $0) },
            at: workers[index].fleetTime(at: now)
        )
        workers[index].revision = assignment.revision
        events.append(.arrivalsTaken(revision: assignment.revision, until: until))
    }

    mutating func closeArrivals(_ index: Int, then events: inout [WorkerMachine.Event]) {
        let until = workers[index].arrivals.close()
        events.append(.arrivalsTaken(revision: workers[index].revision, until: until))
    }

    /// Begins every session that has arrived, if there is an agent, and looks forward to the next.
    mutating func beginArrivals(_ index: Int) {
        guard workers[index].machine != nil, workers[index].isAwake, workers[index].arrivals.isOpen,
            !workers[index].running.isEmpty
        else { return }
        let fleet = workers[index].fleetTime(at: now)
        while let (ticket, arrival) = workers[index].arrivals.take() {
            guard arrival.at <= fleet else {
                workers[index].arrivals.giveBack(ticket)
                let local = LocalTime(micros: arrival.at.micros) - workers[index].fleetOffset
                let wake = max(now + 1, workers[index].trueMicros(of: local))
                if let due = workers[index].arrivalWake, due <= wake, due > now { return }
                workers[index].arrivalWake = wake
                return queue.add(.arrival(index, life: workers[index].life), at: wake)
            }
            guard workers[index].arrivals.begin(ticket) else { continue }
            begun[arrival, default: []].append(
                BegunArrival(worker: workers[index].id, revision: workers[index].revision, at: fleet)
            )
            let late = (fleet - arrival.at).micros
            workers[index].tally.add(.sessionsStarted)
            workers[index].tally.record(.lateness, late)
            if late > Arrival.lateMicros { workers[index].tally.add(.sessionsLate) }
        }
    }

    mutating func arrive(_ index: Int, life: Int) {
        guard workers[index].life == life, workers[index].arrivalWake == now else { return }
        workers[index].arrivalWake = nil
        beginArrivals(index)
    }

    /// When the windows of each second came in that are stored, and of which revision they are, by worker and microseconds of
    /// fleet time.
    var receivedSeconds: [String: [Int64: (received: FleetTime, revision: Int)]] {
        store.windows.reduce(into: [:]) { received, stored in
            for second in stride(from: stored.window.startMicros, to: stored.window.endMicros, by: 1_000_000) {
                received[stored.worker, default: [:]][second] = (stored.received, stored.window.revision)
            }
        }
    }

    /// Of every number that arrives in a stage one session after the other was begun, and none was begun twice; but for one
    /// that a process began which was given up then, and whose window of that second had not come. What is left at a stage's end, when
    /// nobody runs the number, is not taken into the next. What a coordinator with a full disk did not hear is not known.
    mutating func checkArrivals() {
        let isFull = setup.faults.contains { if case .fullDisk = $0.fault { true } else { false } }
        guard setup.plan.stages.contains(where: { $0.arrivals != nil }), outcome == .finished, !isFull else { return }
        var schedules: [StageSchedule] = []
        var losses: [String: [FleetTime]] = [:]
        for fact in store.facts {
            switch fact.kind {
            case .stage(let schedule): schedules.append(schedule)
            case .lost(let worker, _): losses[worker, default: []].append(fact.at)
            case .moved(let move) where move.reason == .forgotten: losses[move.from, default: []].append(fact.at)
            default: break
            }
        }
        let received = receivedSeconds
        for (place, scheduled) in schedules.enumerated() {
            guard let arrivals = StageArrivals(stage: scheduled.timeline.stage, of: setup.plan) else { continue }
            let next = schedules.indices.contains(place + 1) ? schedules[place + 1].timeline.start : nil
            check(
                ArrivalSchedule(seed: setup.seed, arrivals, scheduled.timeline),
                agents: scheduled.fittingAgents,
                until: min(next ?? .distantFuture, scheduled.timeline.end)
            ) { begun in
                guard let lost = losses[begun.worker]?.first(where: { $0 >= begun.at }) else { return true }
                // Of a second in which orders changed its window may not tell.
                guard let window = received[begun.worker]?[begun.at.secondFloor.micros] else { return false }
                return window.received < lost && window.revision >= begun.revision
            }
        }
    }

    private mutating func check(
        _ schedule: ArrivalSchedule,
        agents: Int,
        until end: FleetTime,
        isKnown: (BegunArrival) -> Bool
    ) {
        for agent in 0..<agents {
            var arrivals = schedule.arrivals(ofAgent: agent)
            var lost: Arrival?
            while let next = arrivals.next, schedule.timeline.start + Micros(next) < end {
                let arrival = Arrival(
                    stage: schedule.timeline.stage,
                    agent: agent,
                    at: schedule.timeline.start + Micros(next)
                )
                let times = begun[arrival] ?? []
                if let lost, !times.isEmpty {
                    violate("2: session \(lost) was lost, and \(arrival) was not")
                    break
                }
                if times.isEmpty { lost = arrival }
                if times.count(where: isKnown) > 1 { violate("2: session \(arrival) was begun by \(times)") }
                arrivals.advance(schedule)
            }
        }
    }
}
