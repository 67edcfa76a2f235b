import ApeCore
import ApeWire

extension SimulationSetup {
    /// A small fleet with a short plan, and whatever goes wrong by this seed.
    package static func random(seed: UInt64) -> SimulationSetup {
        var random = SeededRandom(seed: seed)
        let first = Int.random(in: 1...3, using: &random)
        let late = Int.random(in: 0...1, using: &random)
        let limited = Bool.random(using: &random)
        var hosts: [Host] = []
        for index in 0..<(first + late) {
            let limit = limited ? Int.random(in: 8...30, using: &random) : nil
            let cpus = Int.random(in: 1...8, using: &random)
            var host = Host(capacity: Capacity(cpus: cpus, memoryBytes: 1 << 33, maxAgents: limit))
            host.skewMicros = Int64.random(in: 0...3_600_000_000, using: &random)
            host.rate = 1 + Double.random(in: -0.009...0.009, using: &random)
            host.joinsMicros = Int64.random(in: 0...(index < first ? 1_000_000 : 14_000_000), using: &random)
            hosts.append(host)
        }
        let stages = (0..<Int.random(in: 1...3, using: &random)).map { index in
            Stage(
                name: "stage \(index)",
                agents: Int.random(in: 3...40, using: &random),
                rampMicros: 1_000_000 * Int64.random(in: 0...2, using: &random),
                warmupMicros: 1_000_000 * Int64.random(in: 0...1, using: &random),
                holdMicros: 1_000_000 * Int64.random(in: 2...5, using: &random)
            )
        }
        var plan = Plan(stages: stages)
        // The last hold is long enough for everything to have healed before it ends.
        let calmMicros: Int64 = 31_000_000
        let missing = max(0, calmMicros - plan.durationMicros)
        plan.stages[plan.stages.count - 1].holdMicros += missing / 1_000_000 * 1_000_000
        var setup = SimulationSetup(
            seed: seed,
            hosts: hosts,
            expectedWorkers: first,
            plan: plan,
            limitMicros: plan.durationMicros + 120_000_000
        )
        setup.lease = Micros(Int64.random(in: 2_400_000...3_200_000, using: &random))
        setup.heartbeat = Micros(Int64.random(in: 500_000...1_000_000, using: &random))
        setup.coordinatorRate = 1 + Double.random(in: -0.009...0.009, using: &random)
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let at = Int64.random(in: 500_000...15_000_000, using: &random)
            setup.faults.append((at, SimulatedFault.random(workers: hosts.count, using: &random)))
        }
        if Int.random(in: 0..<20, using: &random) == 0 {
            setup.faults.append((Int64.random(in: 500_000...30_000_000, using: &random), .interrupt))
        }
        // Some workers can keep so little that an outage costs them windows.
        if Int.random(in: 0..<4, using: &random) == 0 { setup.unackedWindows = Int.random(in: 1...5, using: &random) }
        setup.rowSets = SimulatedRows.sets(seed: seed)
        // Drawn by itself, so that everything else stays what a seed has always meant.
        var garbling = SeededRandom(seed: seed ^ 0x6A5B1E)
        if Int.random(in: 0..<6, using: &garbling) == 0 {
            let at = Int64.random(in: 500_000...15_000_000, using: &garbling)
            let every = Int64.random(in: 2...9, using: &garbling)
            setup.faults.append((at, .garble(Int.random(in: 0..<hosts.count, using: &garbling), every: every)))
        }
        setup.arrive(seed: seed)
        setup.pause(seed: seed)
        return setup
    }

    /// In a third of all fleets the run is paused, once or more. Drawn by itself, as garbling is.
    private mutating func pause(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0x0A_05E5)
        guard Int.random(in: 0..<3, using: &random) == 0 else { return }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let length = Int64.random(in: 100_000...8_000_000, using: &random)
            faults.append((Int64.random(in: 500_000...25_000_000, using: &random), .pause(micros: length)))
            limitMicros += plan.durationMicros + length
        }
    }

    /// In a third of all fleets sessions arrive: in all stages or in some. Drawn by itself, as garbling is.
    private mutating func arrive(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0xA441_7E5)
        guard Int.random(in: 0..<3, using: &random) == 0 else { return }
        for index in plan.stages.indices where Int.random(in: 0..<4, using: &random) > 0 {
            let rates = (0..<2).map { _ in Double(Int.random(in: 1...40, using: &random)) }
            plan.stages[index].arrivals = Arrivals(
                fromPerSecond: rates[0],
                perSecond: Bool.random(using: &random) ? rates[0] : rates[1],
                pattern: Int.random(in: 0..<3, using: &random) == 0 ? .even : .poisson
            )
        }
    }
}

extension SimulationSetup {
    /// The same fleet and faults, but an open run that is scaled while they happen, and stopped after all has healed.
    package static func standing(seed: UInt64) -> SimulationSetup {
        var setup = random(seed: seed)
        var random = SeededRandom(seed: seed ^ 0x5CA1E)
        setup.plan = Plan(stages: [.open(agents: Int.random(in: 3...40, using: &random), number: 1)])
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int64.random(in: 500_000...20_000_000, using: &random)
            setup.faults.append((at, .scale(Int.random(in: 1...40, using: &random))))
        }
        setup.faults.append((60_000_000, .stop))
        setup.limitMicros = 180_000_000
        return setup
    }

    /// A large fleet that scales up in two stages, loses some workers, and has its coordinator killed.
    package static func large(workers: Int, agents: Int) -> SimulationSetup {
        let stages = [(agents / 10, Int64(10)), (agents, 40)].enumerated().map { index, stage in
            Stage(
                name: "stage \(index)",
                agents: stage.0,
                rampMicros: 5_000_000,
                warmupMicros: 0,
                holdMicros: stage.1 * 1_000_000
            )
        }
        let host = Host(capacity: Capacity(cpus: 8, memoryBytes: 1 << 34))
        var setup = SimulationSetup(
            seed: 1,
            hosts: [Host](repeating: host, count: workers),
            expectedWorkers: workers,
            plan: Plan(stages: stages),
            limitMicros: 200_000_000
        )
        for index in setup.hosts.indices { setup.hosts[index].joinsMicros = Int64(index) * 400 }
        for worker in 0..<(workers / 1000) {
            setup.faults.append((20_000_000, .killWorker(worker, restartMicros: nil)))
        }
        setup.faults.append((30_000_000, .killCoordinator(downMicros: 3_000_000)))
        return setup
    }
}

extension SimulatedFault {
    fileprivate static func random(workers: Int, using random: inout SeededRandom) -> SimulatedFault {
        let worker = Int.random(in: 0..<workers, using: &random)
        let length = Int64.random(in: 100_000...9_000_000, using: &random)
        switch Int.random(in: 0..<15, using: &random) {
        case 0: return .killWorker(worker, restartMicros: Bool.random(using: &random) ? length : nil)
        case 1, 2: return .killCoordinator(downMicros: length / 2)
        case 3: return .pauseWorker(worker, micros: length)
        case 4: return .pauseCoordinator(micros: length / 2)
        case 5, 6: return .partition(worker, micros: length)
        case 7: return .reset(worker)
        case 8: return .halfOpen(worker)
        case 9: return .slow(worker, micros: length, delayMicros: length / 3)
        case 10: return .killCoordinatorAtGrant(downMicros: length / 3)
        case 11, 12:
            let delay = Int64.random(in: 0...1_000_000, using: &random)
            return .lopsided(worker, micros: length, delayMicros: delay)
        case 13:
            if length.isMultiple(of: 2) { return .busyStore(micros: length) }
            return .slowCommits(micros: length, delayMicros: length / 3)
        default: return .leave(worker)
        }
    }
}
