import ApeCore
import ApeMetrics
import ApeWire

/// A simulated run and what is to go wrong in it, by its seed: hangs, deaths, floods and pauses of target, model, worker
/// and coordinator.
package struct BlindSchedule: Sendable, CustomStringConvertible {
    /// Who is in trouble.
    package enum Kind: Int, Sendable, CaseIterable {
        case nobody
        case target
        case inference
        case worker
        case coordinator
        case several
    }

    package let seed: UInt64
    package let kind: Kind
    package private(set) var setup: SimulationSetup
    /// Whether all is so slow that the run fails even without trouble.
    package let isSlow: Bool

    package init(seed: UInt64) {
        self.seed = seed
        kind = Kind(rawValue: Int(seed % UInt64(Kind.allCases.count))) ?? .nobody
        var random = SeededRandom(seed: seed ^ 0xB11D)
        isSlow = kind != .nobody && Int.random(in: 0..<8, using: &random) == 0
        let ramp = 1_000_000 * Int64.random(in: 1...2, using: &random)
        let hold = 1_000_000 * Int64.random(in: 14...20, using: &random)
        let workers = Int.random(in: 1...3, using: &random)
        // A stage of a service in trouble stands alone: what is only slow may pass in a pool with a good one.
        let isPooled = Int.random(in: 0..<4, using: &random) == 0 && ![.target, .inference].contains(kind)
        let stages = (0..<(isPooled ? 2 : 1)).map { index in
            Stage(
                name: "stage \(index)",
                agents: Int.random(in: 6...9, using: &random) + 4 * index,
                rampMicros: ramp,
                warmupMicros: 1_000_000,
                holdMicros: hold
            )
        }
        let plan = Plan(stages: stages)
        let host = SimulationSetup.Host(capacity: Capacity(cpus: 4, memoryBytes: 1 << 33))
        setup = SimulationSetup(
            seed: seed,
            hosts: [SimulationSetup.Host](repeating: host, count: workers),
            expectedWorkers: workers,
            plan: plan,
            limitMicros: plan.durationMicros + 150_000_000
        )
        for index in setup.hosts.indices {
            setup.hosts[index].skewMicros = Int64.random(in: 0...3_600_000_000, using: &random)
            setup.hosts[index].rate = 1 + Double.random(in: -0.0001...0.0001, using: &random)
        }
        setup.drain = .seconds(Int64.random(in: 2...10, using: &random))
        setup.load = Self.load(isSlow: isSlow, &random)
        strike(&random)
    }

    /// What is wrong with services.
    package var troubles: [(party: Party, trouble: ServiceTrouble)] {
        [Party.target, .inference].flatMap { party in (setup.load?[party].troubles ?? []).map { (party, $0) } }
    }

    /// The same run without any trouble.
    package var untroubled: SimulationSetup {
        var setup = setup
        setup.faults = []
        setup.load?.target.troubles = []
        setup.load?.inference.troubles = []
        return setup
    }

    private static func load(isSlow: Bool, _ random: inout SeededRandom) -> SimulatedLoad {
        let factor: Int64 = isSlow ? 3 : 1
        var load = SimulatedLoad(
            target: SimulatedService(latencyMicros: 40_000 * factor...120_000 * factor, restMicros: 500...2_000),
            inference: SimulatedService(
                latencyMicros: 150_000 * factor...320_000 * factor,
                restMicros: 60_000 * factor...140_000 * factor
            )
        )
        load.actions = Int.random(in: 2...4, using: &random)
        load.verifies = Bool.random(using: &random)
        load.thinkMicros = 100_000...300_000
        load.pauseMicros = Bool.random(using: &random) ? 0...0 : 0...300_000
        load.requestTimeoutMicros = Bool.random(using: &random) ? 5_000_000 : 30_000_000
        load.sessionTimeoutMicros = Bool.random(using: &random) ? 20_000_000 : 120_000_000
        return load
    }

    private mutating func strike(_ random: inout SeededRandom) {
        switch kind {
        case .nobody: break
        case .target: trouble(.target, &random)
        case .inference: trouble(.inference, &random)
        case .worker: setup.faults.append(workerFault(&random))
        case .coordinator: setup.faults.append(coordinatorFault(&random))
        case .several:
            trouble(Bool.random(using: &random) ? .target : .inference, &random)
            setup.faults.append(Bool.random(using: &random) ? workerFault(&random) : coordinatorFault(&random))
        }
    }

    /// Some moment of the run's last hold, or shortly before: gathering takes some three seconds.
    private func moment(_ random: inout SeededRandom) -> Int64 {
        let last = setup.plan.stages[setup.plan.stages.count - 1].holdMicros
        let start = 4_000_000 + setup.plan.durationMicros - last
        return Int64.random(in: start - 1_000_000...start + last - 4_000_000, using: &random)
    }

    private mutating func trouble(_ party: Party, _ random: inout SeededRandom) {
        let from = moment(&random)
        let isForGood = Bool.random(using: &random)
        let length = isForGood ? 1_000_000_000 : Int64.random(in: 2_000_000...14_000_000, using: &random)
        let kind: ServiceTrouble.Kind
        switch Int.random(in: 0..<7, using: &random) {
        case 0: kind = .hang(answersLater: false)
        case 1: kind = .hang(answersLater: true)
        case 2, 3: kind = .death
        case 4: kind = .flood(requests: Int.random(in: 200...2_000, using: &random))
        case 5: kind = .slow(factor: Double.random(in: 4...30, using: &random))
        default:
            let status = [401, 429, 500, 503].randomElement(using: &random) ?? 500
            kind = .refusal(status: status, share: Double.random(in: 0.8...1, using: &random))
        }
        setup.load?[party].troubles.append(ServiceTrouble(kind: kind, micros: from..<from + length))
    }

    private func workerFault(_ random: inout SeededRandom) -> (Int64, SimulatedFault) {
        let worker = Int.random(in: 0..<setup.hosts.count, using: &random)
        let length = Int64.random(in: 500_000...14_000_000, using: &random)
        let restart = Bool.random(using: &random) ? length : nil
        let fault: SimulatedFault =
            switch Int.random(in: 0..<3, using: &random) {
            case 0: .killWorker(worker, restartMicros: restart)
            case 1: .pauseWorker(worker, micros: length)
            default: .partition(worker, micros: length)
            }
        return (moment(&random), fault)
    }

    private func coordinatorFault(_ random: inout SeededRandom) -> (Int64, SimulatedFault) {
        let length = Int64.random(in: 500_000...14_000_000, using: &random)
        let isKilled = Bool.random(using: &random)
        return (moment(&random), isKilled ? .killCoordinator(downMicros: length) : .pauseCoordinator(micros: length))
    }

    package var description: String {
        let stages = setup.plan.stages.map { "\($0.agents) agents for \($0.holdMicros / 1_000_000) s" }
        let faults = setup.faults.map { "\($0.fault) at \(Double($0.atMicros) / 1_000_000) s" }
        let target = setup.load?.target.troubles.map { "target: \($0)" } ?? []
        let inference = setup.load?.inference.troubles.map { "inference: \($0)" } ?? []
        return "seed \(seed), \(kind), \(setup.hosts.count) workers, \(stages.joined(separator: ", then ")), drain "
            + "\(setup.drain), slow \(isSlow): \((faults + target + inference).joined(separator: "; "))"
    }
}
