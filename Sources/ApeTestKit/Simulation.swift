import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeWire

/// A whole fleet on a virtual clock: the real machines of both sides, over a simulated network, store and agents.
///
/// Nothing in it depends on anything but its setup, so a run that breaks a promise breaks it again.
package struct Simulation: Sendable {
    enum Happening: Sendable {
        case startWorker(Int)
        case startCoordinator
        case connect(Int, life: Int)
        case deliver(link: Int, toCoordinator: Bool, [UInt8])
        case end(link: Int, atCoordinator: Bool)
        case wakeWorker(Int)
        case wakeCoordinator
        case prepared(Int, life: Int, run: String)
        case settled(Int, life: Int, order: Int, revision: Int)
        case drained(Int, life: Int, order: Int)
        case committed(life: Int)
        case resumeWorker(Int)
        case wokenWorker(Int)
        case killCoordinator(life: Int, downMicros: Int64)
        case resumeCoordinator
        case fault(SimulatedFault)
        case agent(Int, life: Int, number: Int, serial: Int)
        case arrival(Int, life: Int)
        case lookAround
    }

    /// Fleet time at the beginning, by the coordinator's clock.
    static let epoch = FleetTime(micros: 1_700_000_000_000_000)
    static let run = "run-1"
    /// Things that may happen at one moment before it counts as a loop without end.
    static let maximumStepsAtOnce = 2_000
    /// Workers up to which every host is looked at after every step.
    static let smallFleet = 16

    let setup: SimulationSetup
    /// True time in microseconds, which no machine sees: each reads a clock of its own.
    var now: Int64 = 0
    var queue = EventQueue<Happening>()
    var random: SeededRandom
    var workers: [SimulatedWorker]
    /// The services that agents ask, as they have become.
    package internal(set) var load: SimulatedLoad?
    /// The host of every worker process that ever was, by its UUID.
    var processes: [String: Int] = [:]
    var links: [SimulatedLink] = []
    var store = SimulatedStore()
    /// The account that the coordinator keeps of what it has stored, and makes its report of.
    package internal(set) var ledger: RunLedger
    var coordinator: CoordinatorMachine?
    var coordinatorLife = 0
    var coordinatorPausedUntil: Int64?
    var coordinatorWake: Int64?
    var committing: CommitBatch?
    /// Which process got each row that nobody may get twice.
    var rowTakers: [Int: String] = [:]
    /// The sessions that began, by their arrival.
    package internal(set) var begun: [Arrival: [BegunArrival]] = [:]
    /// How long the coordinator is to be down once it is killed at its next split.
    var killsAtGrant: Int64?
    var slowCommitsUntil: Int64 = 0
    var slowCommitsBy: Int64 = 0
    var busyStoreUntil: Int64 = 0
    /// The disk is full, and for how long nobody coordinates once the coordinator has ended for it.
    var fullDiskDown: Int64?
    /// How long no coordinator is there after one that was told to end.
    var suspendedDown: Int64 = 0
    var outcome: RunOutcome?
    var progress: Progress?
    /// Which host's agents load the target, by agent; -1 for none.
    var owners: [Int32]
    var steps = 0
    var stepsNow = 0
    var violations: [String] = []
    /// How often a fleet was found calm, and its split was checked.
    var calmChecks = 0
    /// Since when agents are missing in a hold; nil while they are all there.
    var missingSince: Int64?
    /// The longest time that they were.
    var longestMissing: Int64 = 0
    /// What happened, where it is asked for.
    package private(set) var trace: [String] = []
    let isTracing: Bool

    package init(_ setup: SimulationSetup, tracing: Bool = false) {
        self.setup = setup
        isTracing = tracing
        random = SeededRandom(seed: setup.seed ^ 0x5EED)
        load = setup.load
        workers = setup.hosts.map { SimulatedWorker(host: $0) }
        ledger = RunLedger(plan: setup.plan)
        owners = [Int32](repeating: -1, count: setup.peakAgents)
    }

    /// Runs to the end and checks every promise on the way.
    package mutating func run() -> SimulationReport {
        queue.add(.startCoordinator, at: 0)
        for index in workers.indices { queue.add(.startWorker(index), at: workers[index].host.joinsMicros) }
        for (at, fault) in setup.faults { queue.add(.fault(fault), at: at) }
        queue.add(.lookAround, at: 500_000)
        while outcome == nil || committing != nil, violations.isEmpty, let (micros, happening) = queue.next() {
            stepsNow = micros == now ? stepsNow + 1 : 0
            now = micros
            steps += 1
            guard stepsNow < Self.maximumStepsAtOnce else {
                violate("5: the run turns on the spot")
                break
            }
            guard now <= setup.limitMicros else {
                violate("5: the run does not end: \(progress.map { "\($0)" } ?? "no progress")")
                break
            }
            happen(happening)
            if workers.count <= Self.smallFleet { checkOrphans() }
        }
        if violations.isEmpty { checkTheEnd() }
        return SimulationReport(
            seed: setup.seed,
            violation: violations.first,
            outcome: outcome,
            virtualMicros: now,
            steps: steps,
            calmChecks: calmChecks,
            windows: store.windows.count,
            completeness: ledger.workerCompleteness,
            facts: store.facts,
            ledger: ledger
        )
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .startWorker(let index): startWorker(index)
        case .startCoordinator: startCoordinator()
        case .connect(let index, let life): connect(index, life: life)
        case .deliver(let link, let toCoordinator, let bytes):
            deliver(link, toCoordinator: toCoordinator, bytes)
        case .end(let link, let atCoordinator): end(link, atCoordinator: atCoordinator)
        case .wakeWorker(let index): wakeWorker(index)
        case .wakeCoordinator: wakeCoordinator()
        case .prepared(let index, let life, let run):
            tell(index, life: life, .prepared(run: run), again: happening)
        case .settled(let index, let life, let order, let revision):
            settled(index, life: life, order: order, revision: revision, again: happening)
        case .drained(let index, let life, let order): drained(index, life: life, order: order, again: happening)
        case .committed(let life): committed(life: life)
        case .resumeWorker(let index): resumeWorker(index)
        case .wokenWorker(let index): wokenWorker(index)
        case .killCoordinator(let life, let down): if life == coordinatorLife { killCoordinator(down: down) }
        case .resumeCoordinator: resumeCoordinator()
        case .fault(let fault): strike(fault)
        case .agent(let index, let life, let number, let serial):
            agentActs(index, life: life, number: number, serial: serial, again: happening)
        case .arrival(let index, let life): arrive(index, life: life)
        case .lookAround:
            checkOrphans()
            checkCalm()
            checkRowsAreThere()
            noteMissing()
            queue.add(.lookAround, at: now + 500_000)
        }
    }

    mutating func note(_ text: String) {
        trace.append("\(now) \(text)")
    }

    mutating func violate(_ text: String) {
        if isTracing { note("VIOLATION \(text)") }
        violations.append("at \(now) us: promise \(text)")
    }

    mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &random)
    }

    func fleetTime(at micros: Int64) -> FleetTime {
        Self.epoch + Micros(Int64(Double(micros) * setup.coordinatorRate))
    }

    /// The first moment at which the coordinator's clock shows at least `fleet`.
    func trueMicros(ofFleet fleet: FleetTime) -> Int64 {
        Int64((Double((fleet - Self.epoch).micros) / setup.coordinatorRate).rounded(.up)) + 1
    }
}

/// How a simulated run went.
package struct SimulationReport: Sendable {
    package var seed: UInt64
    /// The first promise that was broken; nil when all were kept.
    package var violation: String?
    package var outcome: RunOutcome?
    /// The outcome in a word.
    package var end: String { outcome?.code ?? "no end" }
    var virtualMicros: Int64
    /// Things that happened.
    package var steps: Int
    /// How often the fleet was found calm, and its split was checked.
    var calmChecks: Int
    /// Windows stored.
    package var windows: Int
    package var completeness: [WorkerCompleteness]
    package var facts: [FleetFact]
    /// The run's account, of all that is stored.
    package var ledger: RunLedger
}
