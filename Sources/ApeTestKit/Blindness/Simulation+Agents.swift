import ApeCore
import ApeFleet
import ApeMetrics
import ApeWire

/// The agents of a simulated worker, and what its shell does with them: as the real one's pool does.
extension Simulation {
    /// Starts and stops agents towards what is wanted.
    mutating func applyToPool(_ index: Int, _ assignment: Assignment) {
        guard let pool = workers[index].pool else { return }
        workers[index].pool?.wanted = assignment.agents
        let stall = StallLimit.micros(agents: assignment.fleetAgents, targets: [:])
        pool.recorder.setStallLimit(micros: stall)
        let wanted = Set(assignment.agents.agents)
        let owing = pool.recorder.owingAgents
        for number in pool.agents.keys.sorted() where !wanted.contains(number) {
            if owing.contains(number) {
                workers[index].pool?.agents[number]?.isFinishing = true
            } else {
                stop(index, number)
            }
        }
        let present = workers[index].pool?.agents ?? [:]
        let newcomers = wanted.filter { present[$0] == nil }.sorted()
        let (ramp, start) = (assignment.timeline.ramp.micros, assignment.start.micros)
        let local = workers[index].localTime(at: now).micros
        for (place, number) in newcomers.enumerated() {
            let own = start + ramp * Int64(number) / Int64(max(1, assignment.fleetAgents))
            let late = local + Self.lateSpreadMicros * Int64(place) / Int64(newcomers.count)
            startAgent(index, number, at: start + ramp > local ? own : late)
        }
        let order = workers[index].orders
        workers[index].pool?.unsettled = (assignment.revision, order)
        settlePool(index)
    }

    /// As a real worker spreads those that come late.
    private static let lateSpreadMicros: Int64 = 2_000_000

    private mutating func startAgent(_ index: Int, _ number: Int, at local: Int64) {
        workers[index].pool?.agents[number] = SimulatedAgent(number: number, scheduledMicros: local)
        schedule(index, number, .start, at: workers[index].trueMicros(of: LocalTime(micros: local)))
    }

    /// Sets what an agent does next, and when: true time.
    mutating func schedule(_ index: Int, _ number: Int, _ next: SimulatedAgent.Next, at micros: Int64) {
        guard let serial = workers[index].pool?.agents[number]?.serial else { return }
        workers[index].pool?.agents[number]?.serial = serial + 1
        workers[index].pool?.agents[number]?.next = next
        let life = workers[index].life
        queue.add(.agent(index, life: life, number: number, serial: serial + 1), at: max(now, micros))
    }

    /// Lets an agent finish the request that is out, and end.
    private mutating func stop(_ index: Int, _ number: Int) {
        guard let agent = workers[index].pool?.agents[number] else { return }
        workers[index].pool?.agents[number]?.isStopping = true
        if let wait = agent.wait, wait.kind.party == .target, wait.isOut { return }
        end(index, number)
    }

    /// Ends an agent at once; what it was at counts as unfinished.
    mutating func end(_ index: Int, _ number: Int) {
        guard let pool = workers[index].pool, let agent = pool.agents[number] else { return }
        let local = workers[index].localTime(at: now).micros
        if let slot = agent.slot {
            if let wait = agent.wait {
                if wait.isOut { load?[wait.kind.party].release(answeredAt: nil) }
                pool.recorder.dropWait(slot, at: local)
            }
            if agent.sessionMicros != nil { pool.recorder.endSession(slot) { $0.add(.sessionsUnfinished) } }
            pool.recorder.stopAgent(slot, at: local)
        }
        workers[index].pool?.agents[number] = nil
        if pool.wanted.agents.contains(number) { startAgent(index, number, at: local) }
        settlePool(index)
    }

    /// Stops all agents: in good order, or at once.
    mutating func stopPool(_ index: Int, atOnce: Bool) {
        workers[index].pool?.wanted = AgentRanges()
        let order = workers[index].orders
        workers[index].pool?.draining = order
        workers[index].pool?.unsettled = nil
        for number in (workers[index].pool?.agents.keys.sorted() ?? []) {
            if atOnce { end(index, number) } else { stop(index, number) }
        }
        settlePool(index)
    }

    /// Tells the machine once the agents are as they are wanted.
    private mutating func settlePool(_ index: Int) {
        guard let pool = workers[index].pool else { return }
        let life = workers[index].life
        if let (revision, order) = pool.unsettled,
            !pool.agents.values.contains(where: { $0.isStopping || $0.isFinishing })
        {
            workers[index].pool?.unsettled = nil
            queue.add(.settled(index, life: life, order: order, revision: revision), at: now + 10)
        }
        if let order = pool.draining, pool.agents.isEmpty {
            workers[index].pool?.draining = nil
            queue.add(.drained(index, life: life, order: order), at: now + 10)
        }
    }

    /// A phase begins for the books; tells whether a hold that ended is owed nothing.
    mutating func beginPhase(_ index: Int, endsHold: Bool) -> Bool {
        guard let pool = workers[index].pool else { return endsHold }
        let isOwed = pool.recorder.beginPhase(endsHold: endsHold, at: workers[index].localTime(at: now).micros)
        if endsHold { workers[index].pool?.isOwed = isOwed }
        return endsHold && !isOwed
    }

    /// Waits no longer; tells whether that was the last that a hold was owed.
    mutating func giveUp(_ index: Int, isOver: Bool, isEnd: Bool) -> Bool {
        guard let pool = workers[index].pool else { return false }
        let agents = pool.recorder.giveUp(isOver: isOver, at: workers[index].localTime(at: now).micros)
        for number in agents.sorted() where isEnd { end(index, number) }
        return workers[index].pool?.takeAnswered() ?? false
    }

    /// The process is gone: nobody waits for its requests any more.
    mutating func dropPool(_ index: Int) {
        for agent in (workers[index].pool?.agents ?? [:]).values {
            if let wait = agent.wait, wait.isOut { load?[wait.kind.party].release(answeredAt: nil) }
        }
        workers[index].pool = nil
    }
}
