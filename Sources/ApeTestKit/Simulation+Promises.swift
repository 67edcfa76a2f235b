import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeWire

/// What is checked after every step, and at the end.
extension Simulation {
    // MARK: Promise 1, exactly once

    /// What is stored must be what a worker made, number by number, and nothing is named dropped that is stored.
    mutating func checkContents(of batch: CommitBatch) {
        for fact in batch.facts {
            guard let (worker, lost) = SimulatedStore.lostWindows(fact) else { continue }
            for seq in lost where store.holds(worker, seq) || store.namesLost(worker, seq) {
                violate("1: window \(seq) of \(worker) is named lost, and is stored or has been named before")
            }
        }
        for stored in batch.windows {
            guard let index = processes[stored.worker], workers[index].id == stored.worker else { continue }
            if stored.window.seq > workers[index].machine?.lastSeq ?? .max {
                violate("1: window \(stored.window.seq) of \(stored.worker) was never made")
            }
        }
    }

    /// An ack may only come for what is durable, whether it is said by itself or in a welcome.
    mutating func checkAck(_ index: Int, _ bytes: [UInt8]) {
        guard Self.ackPrefixes.contains(where: bytes.starts(with:)) else { return }
        let acked: Int64
        switch try? Message(line: Array(bytes.dropLast())) {
        case .ack(let ack): acked = ack.seq
        case .welcome(let welcome): acked = welcome.resume?.ackedSeq ?? 0
        default: return
        }
        for seq in stride(from: acked, to: max(0, acked - 5), by: -1)
        where !store.holds(workers[index].id, seq) && !store.namesLost(workers[index].id, seq) {
            violate("1: window \(seq) of \(workers[index].id) was acked and is not stored")
        }
    }

    private static let ackPrefixes = ["ack", "welcome"].map { Array("{\"type\":\"\($0)\"".utf8) }

    // MARK: Promise 2, no agent twice

    /// An assignment may only be sent once it is durable: a coordinator that comes back must know of it.
    mutating func checkAssignment(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.assignPrefix),
            case .assign(let assign)? = try? Message(line: Array(bytes.dropLast())), assign.revision > store.revision
        else { return }
        violate("2: revision \(assign.revision) is sent, stored is \(store.revision)")
    }

    private static let assignPrefix = Array("{\"type\":\"assign\"".utf8)

    /// Changes which agents of a host load the target.
    mutating func setRunning(_ index: Int, _ agents: AgentRanges) {
        let before = workers[index].running
        guard agents != before else { return }
        workers[index].running = agents
        workers[index].presence.change(
            by: agents.count - before.count,
            at: workers[index].localTime(at: now).micros
        )
        free(before.subtracting(agents), of: index)
        if !workers[index].isWaking { own(agents.subtracting(before), by: index) }
        noteBusy(index)
    }

    private mutating func own(_ agents: AgentRanges, by index: Int) {
        for range in agents.ranges {
            for agent in range {
                if owners[agent] >= 0, owners[agent] != Int32(index) {
                    violate("2: agent \(agent) runs on hosts \(owners[agent]) and \(index)")
                }
                owners[agent] = Int32(index)
            }
        }
    }

    private mutating func free(_ agents: AgentRanges, of index: Int) {
        for range in agents.ranges {
            for agent in range where owners[agent] == Int32(index) { owners[agent] = -1 }
        }
    }

    /// A process that is stopped loads nothing.
    mutating func suspend(_ index: Int) {
        free(workers[index].running, of: index)
        endBusy(index)
    }

    /// A process that runs again loads what its machine did not cancel first.
    mutating func claim(_ index: Int) {
        own(workers[index].running, by: index)
        noteBusy(index)
    }

    // MARK: Promise 3, no orphan load

    /// Looks at every host: after every step of a small fleet, now and then at a large one.
    mutating func checkOrphans() {
        let limit = Double(setup.lease.micros + setup.cancelMicros.upperBound + 1_000)
        for index in workers.indices where !workers[index].running.isEmpty && workers[index].isAwake {
            let silent = Double(now - workers[index].heardMicros) * workers[index].host.rate
            if silent > limit, workers[index].machine != nil {
                violate("3: host \(index) loads the target, unheard for \(silent) us")
            }
        }
    }

    // MARK: Promise 4, nothing lost quietly

    private mutating func noteBusy(_ index: Int) {
        guard workers[index].busySince != nil || !workers[index].running.isEmpty else { return }
        if workers[index].running.isEmpty {
            endBusy(index)
        } else if workers[index].busySince == nil {
            workers[index].busySince = fleetTime(at: now)
        }
    }

    private mutating func endBusy(_ index: Int) {
        guard let since = workers[index].busySince else { return }
        workers[index].busySince = nil
        workers[index].busy.append((workers[index].id, since, fleetTime(at: now)))
    }

    /// Every whole second in which a worker loaded the target is stored, or named missing.
    private mutating func checkBooks(_ completeness: [WorkerCompleteness]) {
        let covered = receivedSeconds
        for (id, from, to) in workers.flatMap(\.busy) {
            let books = completeness.first { $0.worker == id }
            let first = (from.micros / 1_000_000 + 2) * 1_000_000
            for second in stride(from: first, to: to.micros - 2_000_000, by: 1_000_000) {
                let isNamed = books?.missing.ranges.contains { $0.contains(second / 1_000_000) } == true
                let isCovered = covered[id]?[second] != nil
                if isNamed == isCovered {
                    violate("4: second \(second) of \(id) is \(isNamed ? "stored and named missing" : "lost quietly")")
                    return
                }
            }
        }
    }

    // MARK: Promises 5 and 6, the run survives and the split is fair

    /// Whether it is shortly before the last stage's end, when everything has healed.
    var isCalm: Bool {
        // Where agents ask services, troubles need not be over by then.
        guard load == nil, let schedule = coordinator?.currentSchedule,
            schedule.timeline.stage == coordinator.map({ $0.plan.stages.count - 1 }),
            outcome == nil, progress?.phase == .hold, coordinator?.isPaused == false, workers.allSatisfy(\.isAwake)
        else { return false }
        let end = trueMicros(ofFleet: schedule.timeline.end)
        return now > end - 1_200_000 && now <= end - 600_000
    }

    /// Shortly before the last stage ends everything has healed: every agent runs, split by capacity.
    mutating func checkCalm() {
        guard isCalm, let schedule = coordinator?.currentSchedule else { return }
        calmChecks += 1
        let live = workers.indices.filter { workers[$0].machine != nil && !workers[$0].isLeaving }
        let limits = live.map { workers[$0].host.capacity.maxAgents ?? Int.max / 100 }
        let room = limits.reduce(0) { min(Int.max / 200, $0 + $1) }
        let wanted = min(schedule.plannedAgents, room)
        let running = owners.count { $0 >= 0 }
        if running != wanted { violate("6: \(running) of \(wanted) agents run when all is calm") }
        for (index, limit) in zip(live, limits) where workers[index].running.count > limit {
            violate("6: host \(index) runs more agents than it takes")
        }
        for (index, share) in zip(live, fairShares(of: wanted, among: live.map { workers[$0].host.capacity }))
        where abs(Double(workers[index].running.count) - share) >= 1 {
            violate("6: host \(index) runs \(workers[index].running.count) agents, its fair share is \(share)")
        }
    }

    /// What each would run if agents could be divided: in proportion to limits where all have one, else to processors,
    /// and nobody beyond its limit. Found by bisection on the agents for each unit of weight.
    private func fairShares(of total: Int, among capacities: [Capacity]) -> [Double] {
        let areLimited = capacities.allSatisfy { $0.maxAgents != nil }
        let rooms = capacities.map { capacity in
            let limit = Double(capacity.maxAgents ?? .max)
            return (weight: areLimited ? limit : Double(capacity.cpus), limit: limit)
        }
        func shares(_ each: Double) -> [Double] { rooms.map { min($0.limit, each * $0.weight) } }
        var (low, high) = (0.0, Double(total))
        for _ in 0..<64 {
            let middle = (low + high) / 2
            if shares(middle).reduce(0, +) < Double(total) { low = middle } else { high = middle }
        }
        return shares(high)
    }

    /// Who could say `stopped` has had every one of its windows stored.
    private mutating func checkDelivery() {
        guard outcome == .finished else { return }
        for fact in store.facts {
            guard case .stopped(let worker, let lastSeq, _) = fact.kind, lastSeq > 0 else { continue }
            for seq in 1...lastSeq where !store.holds(worker, seq) && !store.namesLost(worker, seq) {
                violate("1: window \(seq) of \(worker) was never stored, and the worker could say that it stopped")
                return
            }
        }
    }

    mutating func checkTheEnd() {
        for index in workers.indices { endBusy(index) }
        guard let coordinator else { return violate("5: the run ended without a coordinator") }
        for (index, worker) in workers.enumerated() where worker.machine != nil && !worker.running.isEmpty {
            if outcome == .finished, worker.pausedUntilMicros == nil, worker.partitionedUntilMicros <= now {
                violate("3: host \(index) still loads the target after the end")
            }
        }
        let completeness = ledger.workerCompleteness
        checkBooks(completeness)
        let stored = Dictionary(grouping: store.windows, by: \.worker)
        for books in completeness where books.windows != Int64(stored[books.worker]?.count ?? 0) {
            violate(
                "1: \(books.windows) windows of \(books.worker) were counted, \(stored[books.worker]?.count ?? 0) stored"
            )
        }
        checkDelivery()
        checkMoves()
        checkReach()
        checkArrivals()
        let added = store.facts.compactMap { if case .appended(let stage) = $0.kind { stage } else { nil } }
        if coordinator.plan.stages != setup.plan.stages + added {
            violate("5: the plan that was walked is not the one that is stored")
        }
        if outcome == .budgetSpent, setup.costLimit?.isReached(by: ledger) != true {
            violate("5: the run ended for a budget that was not spent")
        }
        if store.ledger(of: setup.plan) != ledger {
            violate("5: the account of what is stored differs from the coordinator's own")
        }
        checkDrain()
        if setup.faults.isEmpty {
            if outcome != .finished, outcome != .budgetSpent {
                violate("5: nothing went wrong, and the run ended as \(outcome?.code ?? "nothing")")
            }
            for books in completeness where !books.missing.isEmpty || books.duplicateWindows > 0 {
                violate("4: nothing went wrong, and \(books.worker) has gaps or duplicates")
            }
        }
    }
}
