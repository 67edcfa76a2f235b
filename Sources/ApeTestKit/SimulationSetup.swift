import ApeCore
import ApeFleet
import ApeRun
import ApeWire

/// Everything that a simulated run is made of: the same setup always gives the same run.
package struct SimulationSetup: Sendable {
    /// A worker's host.
    package struct Host: Sendable {
        package var capacity: Capacity
        /// When the worker starts.
        package var joinsMicros: Int64 = 0
        /// What its clock shows at the beginning.
        var skewMicros: Int64 = 0
        /// How fast its clock runs.
        package var rate = 1.0
        /// Whether its worker is of before protocol 1.1, and so tells nothing of answers.
        package var isOld = false

        package init(capacity: Capacity) {
            self.capacity = capacity
        }
    }

    package var seed: UInt64
    package var hosts: [Host]
    package var expectedWorkers: Int
    package var plan: Plan
    /// Whom agents ask; nil where they only come and go.
    package var load: SimulatedLoad?
    /// Rows of data that workers ask for; see ``SimulatedRows``.
    package var rowSets: [RowSet] = []
    /// What the run may cost; nil for no limit. Each agent that runs uses ``tokensPerAgent`` in each window.
    package var costLimit: CostLimit?
    /// How long what a hold began is waited for.
    package var drain = Micros.seconds(30)
    package var lease = Micros.seconds(3)
    /// Between two pings.
    package var heartbeat = Micros.second
    /// How fast the coordinator's clock runs.
    var coordinatorRate = 1.0
    /// One way, between a worker and the coordinator.
    package var latencyMicros: ClosedRange<Int64> = 100...5_000
    /// Windows that a worker keeps until they are acked.
    package var unackedWindows = WorkerLimits().unackedWindows
    var commitMicros: ClosedRange<Int64> = 1_000...20_000
    /// How long agents take to stop when they are taken away or told to end.
    var stopMicros: ClosedRange<Int64> = 1_000...700_000
    /// How long agents take to stop when they are cancelled.
    var cancelMicros: ClosedRange<Int64> = 1_000...400_000
    package var faults: [(atMicros: Int64, fault: SimulatedFault)] = []
    /// When the run must have ended at the latest.
    package var limitMicros: Int64

    package init(seed: UInt64, hosts: [Host], expectedWorkers: Int, plan: Plan, limitMicros: Int64) {
        self.seed = seed
        self.hosts = hosts
        self.expectedWorkers = expectedWorkers
        self.plan = plan
        self.limitMicros = limitMicros
    }

    /// Tokens that an agent costs in a window, where there is a ``costLimit``.
    package static let tokensPerAgent: Int64 = 1_000

    /// The most agents that there can ever be.
    var peakAgents: Int {
        faults.reduce(plan.peakAgents) { peak, happening in
            if case .scale(let agents) = happening.fault { max(peak, agents) } else { peak }
        }
    }
}

/// What goes wrong in a simulated fleet.
package enum SimulatedFault: Sendable {
    /// kill -9; a new process starts on the same host some time later, or never.
    case killWorker(Int, restartMicros: Int64?)
    /// kill -9; a new one takes up the run some time later. What was being committed is stored, or not.
    case killCoordinator(downMicros: Int64)
    /// kill -9 while the next split is being stored.
    case killCoordinatorAtGrant(downMicros: Int64)
    /// The coordinator is told to end, and to leave its run to the one that follows some time later.
    case suspendCoordinator(downMicros: Int64)
    /// SIGSTOP, and SIGCONT some time later.
    case pauseWorker(Int, micros: Int64)
    case pauseCoordinator(micros: Int64)
    /// Nothing passes either way, and comes late once it heals.
    case partition(Int, micros: Int64)
    /// What the worker says is held back; what it is told comes later than usual.
    case lopsided(Int, micros: Int64, delayMicros: Int64)
    /// Both sides see the connection end.
    case reset(Int)
    /// The connection is dead and neither side is told.
    case halfOpen(Int)
    /// Everything takes this much longer on its way.
    case slow(Int, micros: Int64, delayMicros: Int64)
    /// Commits take this much longer.
    case slowCommits(micros: Int64, delayMicros: Int64)
    /// Every commit finds the store busy.
    case busyStore(micros: Int64)
    /// No commit succeeds until the coordinator has ended for it; one that takes up the run finds space again.
    case fullDisk(downMicros: Int64)
    /// From now on every so many-th window of the worker's processes reaches nobody in a form that can be read, however often
    /// it is sent.
    case garble(Int, every: Int64)
    /// SIGTERM.
    case leave(Int)
    /// The user's Ctrl-C.
    case interrupt
    /// The user wants another number of agents. No fault, and told again for as long as nobody hears it.
    case scale(Int)
    /// The user has seen enough. No fault either.
    case stop
    /// The user lets the run stand still for a while.
    case pause(micros: Int64)
    /// The user lets it go on.
    case goOn
}

extension SimulatedFault {
    /// How long it lasts; 0 for what is over at once.
    var micros: Int64 {
        switch self {
        case .killCoordinator(let micros), .killCoordinatorAtGrant(let micros), .suspendCoordinator(let micros),
            .pauseWorker(_, let micros), .pauseCoordinator(let micros), .partition(_, let micros),
            .lopsided(_, let micros, _),
            .slow(_, let micros, _), .slowCommits(let micros, _), .busyStore(let micros), .fullDisk(let micros),
            .pause(let micros):
            micros
        case .killWorker(_, let micros): micros ?? 0
        case .reset, .halfOpen, .garble, .leave, .interrupt, .scale, .stop, .goOn: 0
        }
    }
}
