import ApeCore
import ApeFleet
import ApeMetrics
import ApeWire

/// A worker's shell: it does what its machine says, as the real one would.
extension Simulation {
    mutating func startWorker(_ index: Int) {
        workers[index].life += 1
        workers[index].id = "worker-\(index)-\(workers[index].life)"
        processes[workers[index].id] = index
        workers[index].isLeaving = false
        workers[index].isWaking = false
        workers[index].target = AgentRanges()
        workers[index].tally = WindowTally()
        workers[index].presence = AgentPresence(at: workers[index].localTime(at: now).micros)
        workers[index].heardMicros = now
        workers[index].rows = SimulatedRows()
        workers[index].arrivals = ArrivalQueue()
        workers[index].arrivalWake = nil
        workers[index].pool = load.map { _ in SimulatedPool(at: workers[index].localTime(at: now).micros) }
        var configuration = WorkerConfiguration(
            worker: workers[index].id,
            name: "host-\(index)",
            software: "1.0.0",
            capacity: workers[index].host.capacity,
            token: Secret("secret"),
            authenticator: SimulatedAuthenticator.code,
            jitterSeed: random.next()
        )
        configuration.limits.greatestBackoff = .seconds(2)
        configuration.limits.drain = .seconds(2)
        configuration.limits.cancel = .seconds(1)
        configuration.limits.unackedWindows = setup.unackedWindows
        workers[index].machine = WorkerMachine(configuration)
        if isTracing { note("worker \(index) starts as \(workers[index].id)") }
        handle(index, .started)
    }

    /// Hands an event to a worker's machine and does what it says.
    mutating func handle(_ index: Int, _ event: WorkerMachine.Event) {
        var events = [event]
        while let event = events.first {
            events.removeFirst()
            let local = workers[index].localTime(at: now)
            guard let actions = workers[index].machine?.handle(event, at: local) else { return }
            for action in actions { act(index, action, then: &events) }
        }
        beginArrivals(index)
        guard let local = workers[index].machine?.nextWake else { return }
        let wake = max(now, workers[index].trueMicros(of: local))
        if let scheduled = workers[index].wakeMicros, scheduled <= wake, scheduled >= now { return }
        workers[index].wakeMicros = wake
        queue.add(.wakeWorker(index), at: wake)
    }

    mutating func wakeWorker(_ index: Int) {
        guard workers[index].wakeMicros == now else { return }
        workers[index].wakeMicros = nil
        guard workers[index].machine != nil else { return }
        if let until = workers[index].pausedUntilMicros {
            workers[index].wakeMicros = until
            return queue.add(.wakeWorker(index), at: until)
        }
        handle(index, .timer)
    }

    /// Hands an event to a process, if it still is the one that it is meant for.
    mutating func tell(_ index: Int, life: Int, _ event: WorkerMachine.Event, again: Happening) {
        guard workers[index].life == life, workers[index].machine != nil else { return }
        if let until = workers[index].pausedUntilMicros { return queue.add(again, at: until) }
        handle(index, event)
    }

    private mutating func act(_ index: Int, _ action: WorkerMachine.Action, then events: inout [WorkerMachine.Event]) {
        if isTracing { note("worker \(index): \(Self.brief(action))") }
        let life = workers[index].life
        switch action {
        case .connect:
            queue.add(.connect(index, life: life), at: now + pick(setup.latencyMicros))
        case .send(let id, let bytes):
            guard let said = workers[index].host.isOld ? Self.inOldWords(bytes) : bytes else { return }
            send(id, toCoordinator: true, garbled(said, of: index))
        case .close(let id, let bytes): close(id, byCoordinator: false, after: bytes)
        case .prepare(let prepare):
            workers[index].rows = SimulatedRows()
            workers[index].arrivals = ArrivalQueue()
            queue.add(.prepared(index, life: life, run: prepare.run), at: now + pick(1_000...500_000))
        case .foresee(let agents): foresee(index, agents, then: &events)
        case .stock(let rows): stock(index, rows)
        case .apply(let assignment):
            applyArrivals(index, assignment, then: &events)
            apply(index, assignment)
        case .cutWindow(let stamp):
            events.append(cut(index, stamp))
            useRows(index, then: &events)
        case .beginPhase(let endsHold): if beginPhase(index, endsHold: endsHold) { events.append(.answered) }
        case .giveUp(let isOver, let isEnd): if giveUp(index, isOver: isOver, isEnd: isEnd) { events.append(.answered) }
        case .cancelAgents:
            workers[index].arrivals.close()
            stopAll(index, after: setup.cancelMicros, atOnce: true)
        case .stopAgents:
            closeArrivals(index, then: &events)
            stopAll(index, after: setup.stopMicros, atOnce: false)
        case .endRun: break
        case .exit: exitWorker(index)
        case .log: break
        }
    }

    private mutating func apply(_ index: Int, _ assignment: Assignment) {
        workers[index].target = assignment.agents
        workers[index].orders += 1
        let leaving = !workers[index].running.subtracting(assignment.agents).isEmpty
        setRunning(index, workers[index].running.union(assignment.agents))
        guard workers[index].pool == nil else { return applyToPool(index, assignment) }
        queue.add(
            .settled(
                index,
                life: workers[index].life,
                order: workers[index].orders,
                revision: assignment.revision
            ),
            at: leaving ? now + pick(setup.stopMicros) : now + 10
        )
    }

    mutating func settled(_ index: Int, life: Int, order: Int, revision: Int, again: Happening) {
        guard workers[index].life == life, workers[index].orders == order, workers[index].machine != nil else { return }
        if let until = workers[index].pausedUntilMicros { return queue.add(again, at: until) }
        setRunning(index, workers[index].running.intersection(workers[index].target))
        handle(index, .settled(revision: revision))
    }

    private mutating func stopAll(_ index: Int, after micros: ClosedRange<Int64>, atOnce: Bool) {
        workers[index].target = AgentRanges()
        workers[index].orders += 1
        // A process that was stopped has done nothing since: what it cancels first has not gone on.
        if workers[index].isWaking { setRunning(index, AgentRanges()) }
        guard workers[index].pool == nil else { return stopPool(index, atOnce: atOnce) }
        queue.add(
            .drained(index, life: workers[index].life, order: workers[index].orders),
            at: now + pick(micros)
        )
    }

    mutating func drained(_ index: Int, life: Int, order: Int, again: Happening) {
        guard workers[index].life == life, workers[index].orders == order, workers[index].machine != nil else { return }
        if let until = workers[index].pausedUntilMicros { return queue.add(again, at: until) }
        setRunning(index, AgentRanges())
        handle(index, .drained)
    }

    private mutating func cut(_ index: Int, _ stamp: WindowStamp) -> WorkerMachine.Event {
        let host = HostSample(cpuPercent: 10, memoryPercent: 20)
        if let pool = workers[index].pool {
            let cut = pool.recorder.cut(
                as: stamp.place,
                at: workers[index].localTime(at: now).micros,
                skippedMicros: stamp.skipped.micros
            )
            return .tally(stamp, cut, host)
        }
        let worked = Int64.random(in: 0...1000, using: &random)
        workers[index].tally.add(.actions(.successful), worked)
        workers[index].tally.record(.gap, 1 + worked)
        if setup.costLimit != nil {
            let tokens = Int64(workers[index].running.count) * SimulationSetup.tokensPerAgent
            workers[index].tally.add(.tokensIn, tokens)
        }
        workers[index].fleetOffset = workers[index].machine?.fleetOffset ?? workers[index].fleetOffset
        let due = workers[index].arrivals.takeDue(until: stamp.end)
        if due > 0 { workers[index].tally.add(.sessionsDue, due) }
        var cut = WindowCut()
        cut.tally = workers[index].tally.cut()
        cut.lengthMicros = (stamp.end - stamp.start).micros
        (cut.active, cut.presentMicros) = workers[index].presence.cut(at: workers[index].localTime(at: now).micros)
        return .tally(stamp, cut, host)
    }

    mutating func exitWorker(_ index: Int) {
        for link in links.indices where links[link].worker == index && links[link].workerLife == workers[index].life {
            guard links[link].toWorker.isOpen else { continue }
            close(links[link].id, byCoordinator: false, after: [])
        }
        setRunning(index, AgentRanges())
        dropPool(index)
        workers[index].machine = nil
        workers[index].wakeMicros = nil
    }

    /// What reaches the coordinator of a line, where the worker's windows are garbled.
    private func garbled(_ bytes: [UInt8], of index: Int) -> [UInt8] {
        guard let every = workers[index].garblesEvery, bytes.starts(with: Self.windowPrefix),
            case .window(let window)? = try? Message(line: Array(bytes.dropLast())), window.seq % every == 0
        else { return bytes }
        return Array(String(decoding: bytes, as: UTF8.self).replacing("\"revision\":", with: "\"revision\":-").utf8)
    }

    private static let windowPrefix = Array("{\"type\":\"window\"".utf8)

    /// What a worker of protocol 1.0 would say in the place of this; nil for nothing.
    private static func inOldWords(_ bytes: [UInt8]) -> [UInt8]? {
        switch try? Message(line: Array(bytes.dropLast())) {
        case .answered: return nil
        case .hello(var hello):
            hello.version.minor = 0
            return Message.hello(hello).line
        default: return bytes
        }
    }

    private static func brief(_ action: WorkerMachine.Action) -> String {
        switch action {
        case .send(let id, let bytes): "send \(id) \(String(decoding: bytes.prefix(300), as: UTF8.self))"
        default: "\(action)"
        }
    }
}

/// A code that depends on key and message: enough for a simulation, and no more than that.
enum SimulatedAuthenticator {
    static let code: Authenticator = { key, message in
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key + [0] + message { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(8 * $0)) }
    }
}
