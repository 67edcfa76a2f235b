import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeWire

/// The coordinator's shell and its store.
extension Simulation {
    mutating func startCoordinator() {
        coordinatorLife += 1
        var configuration = CoordinatorConfiguration(
            run: Self.run,
            name: "coordinator-\(coordinatorLife)",
            clock: "clock-\(coordinatorLife)",
            plan: setup.plan,
            seed: setup.seed,
            scenario: ["name": "simulated"],
            expectedWorkers: setup.expectedWorkers,
            token: Secret("secret"),
            authenticator: SimulatedAuthenticator.code
        )
        configuration.lease = setup.lease
        configuration.heartbeat = setup.heartbeat
        configuration.drain = setup.drain
        configuration.rowSets = setup.rowSets
        configuration.limits.cancel = .milliseconds(500)
        configuration.limits.finish = Self.finish
        configuration.limits.allLost = .seconds(20)
        let isNew = store.facts.isEmpty
        ledger = store.ledger(of: setup.plan)
        coordinator = CoordinatorMachine(configuration, recovered: isNew ? nil : store.recovered)
        if isTracing { note("coordinator starts") }
        handle(.started)
    }

    mutating func handle(_ event: CoordinatorMachine.Event) {
        let fleet = fleetTime(at: now)
        guard let actions = coordinator?.handle(event, at: fleet) else { return }
        for action in actions { act(action) }
        guard let due = coordinator?.nextWake else { return }
        let wake = max(now, trueMicros(ofFleet: due))
        if let scheduled = coordinatorWake, scheduled <= wake, scheduled >= now { return }
        coordinatorWake = wake
        queue.add(.wakeCoordinator, at: wake)
    }

    mutating func wakeCoordinator() {
        guard coordinatorWake == now else { return }
        coordinatorWake = nil
        guard coordinator != nil else { return }
        if let until = coordinatorPausedUntil {
            coordinatorWake = until
            return queue.add(.wakeCoordinator, at: until)
        }
        handle(.timer)
    }

    private mutating func act(_ action: CoordinatorMachine.Action) {
        if isTracing { note("coordinator: \(Self.brief(action))") }
        switch action {
        case .send(let id, let bytes):
            checkAssignment(bytes)
            send(id, toCoordinator: false, bytes)
        case .close(let id, let bytes): close(id, byCoordinator: true, after: bytes)
        case .sendRows(let id, let delivery): sendRows(delivery, on: id)
        case .commit(let batch):
            if committing != nil { violate("1: two commits at a time") }
            committing = batch
            let slow = slowCommitsUntil > now ? slowCommitsBy : 0
            let duration = pick(setup.commitMicros) + slow
            queue.add(.committed(life: coordinatorLife), at: now + duration)
            if let down = killsAtGrant, batch.facts.contains(where: { $0.name == "granted" }) {
                killsAtGrant = nil
                let happening = Happening.killCoordinator(life: coordinatorLife, downMicros: down)
                queue.add(happening, at: now + pick(1...duration))
            }
        case .progress(let progress): self.progress = progress
        case .finished(.fleetFailed(let failure)) where failure.cause == .storeFailed:
            queue.add(.killCoordinator(life: coordinatorLife, downMicros: fullDiskDown ?? 0), at: now)
            fullDiskDown = nil
        case .finished(.suspended):
            queue.add(.killCoordinator(life: coordinatorLife, downMicros: suspendedDown), at: now)
        case .finished(let outcome): self.outcome = outcome
        case .log: break
        }
    }

    mutating func committed(life: Int) {
        guard coordinatorLife == life, coordinator != nil, let batch = committing else { return }
        if let until = coordinatorPausedUntil { return queue.add(.committed(life: life), at: until) }
        committing = nil
        if busyStoreUntil > now { return handle(.commitDelayed("locked")) }
        guard fullDiskDown == nil else { return handle(.commitFailed("The disk is full")) }
        commit(batch)
        handle(.committed)
        if setup.costLimit?.isReached(by: ledger) == true { handle(.budgetSpent) }
    }

    mutating func commit(_ batch: CommitBatch) {
        checkContents(of: batch)
        for stored in store.commit(batch) {
            violate("1: window \(stored.window.seq) of \(stored.worker) was stored twice")
        }
        for fact in batch.facts { ledger.add(fact) }
        for window in batch.windows { ledger.add(window) }
    }

    private static func brief(_ action: CoordinatorMachine.Action) -> String {
        switch action {
        case .send(let id, let bytes): "send \(id) \(String(decoding: bytes.prefix(300), as: UTF8.self))"
        case .commit(let batch):
            "commit \(batch.windows.map { "\($0.worker)#\($0.window.seq)" }) \(batch.facts.map(\.json.text))"
        case .progress: "progress"
        default: "\(action)"
        }
    }
}
