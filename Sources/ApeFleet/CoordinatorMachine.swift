import ApeCore
import ApeMetrics
import ApeWire

/// The coordinator's side of the fleet's protocol, as a value: events go in, actions come out.
///
/// Its time is fleet time, which never steps. A shell takes the wall clock once and adds a
/// monotonic clock to it; for a run that is taken up again it must not begin before ``RecoveredRun``'s latest time.
package struct CoordinatorMachine: Sendable {
    enum Phase: Sendable {
        /// Before ``Event/started``. May become ``gathering``; with a run that is taken up, whatever that had come to.
        case idle
        /// Workers come and get ready. May become ``running``, or ``finishing(_:until:)`` where too few do.
        case gathering
        /// The plan is being walked. May become ``finishing(_:until:)``.
        case running
        /// Workers stop. May become ``closing(_:)``, or ``finished`` where the store is broken.
        case finishing(RunOutcome, until: FleetTime)
        /// The last facts are being stored. May become ``finished``.
        case closing(RunOutcome)
        /// No event is taken any more. Stays so.
        case finished
    }

    package let configuration: CoordinatorConfiguration
    /// What is walked; stages of an open run, and tries of a search, are added as they come.
    package internal(set) var plan: Plan
    /// The agents that somebody asked for and no stage has yet.
    var wantedAgents: Int?
    /// Since when the run stands still because somebody wants it to; nil while it goes on.
    var pausedAt: FleetTime?
    /// The try of a search that waits to be judged, or was the last to be.
    var triedStage: Int?
    var phase = Phase.idle
    var startedAt: FleetTime = FleetTime(micros: 0)
    /// Since when as many workers as expected are there.
    var completeSince: FleetTime?
    /// Since when no worker at all has been connected.
    var nobodySince: FleetTime = FleetTime(micros: 0)
    /// Connections that have not proven themselves yet.
    var pending: PendingConnections
    /// Connections turned away that the facts tell of.
    var turnedAway = 0
    /// Connections turned away that the log may still tell of.
    var turnedAwayLog: EventBudget
    var links: [ConnectionID: MemberLink] = [:]
    /// In the order of joining.
    var members: [Member] = []
    /// Successful sessions that were kept of all of them.
    var successes = 0
    var memberIndex: [String: Int] = [:]
    /// The stage that runs, or that is scheduled next once the one before is about to end.
    var schedule: StageSchedule?
    var revision = 0
    /// Every revision up to this one is durable, and so may be sent.
    var storedRevision = 0
    /// All agents of the stage, by the latest split.
    var fleetAgents = 0
    var needsPlan = false
    var plannedAt = FleetTime.distantPast
    /// Whether somebody waits for agents that others have yet to let go.
    var awaitsRelease = false
    /// Whether the latest split gave nothing more to a worker because that is away.
    var awaitsReturn = false
    /// Agents that wait because who has room for them is away.
    var roomless = 0
    var unassigned: [UnassignedAgents] = []
    /// The rows that nobody may have twice, and what became of them; those of agents' numbers beside them.
    var rowBooks: [RowBook]
    /// Leases that are not known to be stored, in their order.
    var unsentLeases: [RowLease] = []
    /// What waits to be stored.
    var batch = CommitBatch()
    /// Bytes of the windows in it, as they came.
    var batchBytes = 0
    var isBatchUrgent = false
    var commit: Commit?
    var committedAt = FleetTime.distantPast
    var isStoreBroken = false
    var nextBeat: FleetTime = FleetTime(micros: 0)
    var handledAt: FleetTime = FleetTime(micros: 0)
    let recovered: RecoveredRun?
    var actions: [Action] = []

    /// The commit that is under way.
    struct Commit: Sendable {
        /// The greatest window number of every worker in it, by place among the members.
        var seqs: [Int: Int64]
        var revision: Int
        /// Of the leases that are not sent, so many stand in it, or stood in one before.
        var leases: Int
        /// What is in it.
        var batch: CommitBatch
        /// When it was handed over for the first time.
        var startedAt: FleetTime
        /// When it is handed over again; nil while the store has it.
        var retryAt: FleetTime?
        /// Whether it has been told that the store is busy.
        var isToldBusy = false
    }

    /// - Parameters:
    ///   - configuration: what to run.
    ///   - recovered: what is stored of the run already; nil for a new one.
    package init(_ configuration: CoordinatorConfiguration, recovered: RecoveredRun? = nil) {
        self.configuration = configuration
        plan = configuration.plan
        rowBooks = configuration.rowSets.map { RowBook($0) }
        self.recovered = recovered
        pending = PendingConnections(
            limit: configuration.limits.unauthenticatedConnections,
            perAddress: configuration.limits.unauthenticatedPerAddress
        )
        turnedAwayLog = EventBudget(perSecond: configuration.limits.turnedAwayLogsPerSecond)
    }

    /// Takes one event and tells what the shell has to do.
    package mutating func handle(_ event: Event, at time: FleetTime) -> [Action] {
        if case .finished = phase { return [] }
        let now = max(handledAt, time)
        noticeSleep(at: now)
        handledAt = now
        take(event, at: now)
        advance(at: now)
        // The caller gets the buffer itself: emptying one that is shared would make another.
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ event: Event, at now: FleetTime) {
        switch event {
        case .started: start(at: now)
        case .connected(let id, let peer, let nonce): connected(id, peer: peer, nonce: nonce, at: now)
        case .received(let id, let bytes): received(id, bytes, at: now)
        case .disconnected(let id, let reason):
            if let reason { pendingBroke(id, reason, at: now) }
            disconnected(id, reason: reason ?? "The connection ended", at: now)
        case .timer: break
        case .committed: committed(at: now)
        case .commitDelayed(let reason): commitDelayed(reason, at: now)
        case .commitFailed(let reason): commitFailed(reason, at: now)
        case .interrupted: interrupt(at: now)
        case .suspended: suspend(at: now)
        case .rescale(let agents): wantedAgents = agents
        case .paused: pause(at: now)
        case .continued: goOn(at: now)
        case .judged(let next): judged(next, at: now)
        case .stopped: stop(at: now)
        case .budgetSpent: endForBudget(at: now)
        case .thresholdFailed(let threshold): abort(threshold, at: now)
        case .rowsFailed(let error): rowsFailed(error, at: now)
        }
    }

    /// Goes on as far as time and events allow.
    private mutating func advance(at now: FleetTime) {
        if now >= nextBeat { beat(at: now) }
        walk(at: now)
        plan(at: now)
        retryCommit(at: now)
        commitBatch(at: now)
    }

    /// The stage that runs, or the next one from shortly before it starts; nil before the first.
    package var currentSchedule: StageSchedule? { schedule }

    /// When ``Event/timer`` is due, on the same clock; nil when nothing is waited for.
    package var nextWake: FleetTime? {
        switch phase {
        case .idle, .finished: return nil
        case .gathering, .running, .finishing, .closing: break
        }
        var next = nextBeat
        if commit == nil, !batch.isEmpty, !isStoreBroken {
            next = min(next, isBatchUrgent ? handledAt : committedAt + configuration.limits.commitInterval)
        }
        if let retryAt = commit?.retryAt { next = min(next, retryAt) }
        if case .running = phase, let timeline = schedule?.timeline {
            if let pausedAt { next = min(next, pausedAt + configuration.limits.longestPause) }
            if needsPlan, revision == storedRevision, !isStoreBroken {
                next = min(next, plannedAt + configuration.limits.replanInterval)
            }
            let isLast = timeline.stage + 1 >= plan.stages.count
            let last = handledAt < timeline.end ? timeline.end : timeline.end + configuration.drain
            // A try that waits for its judge has no end that time brings.
            if triedStage != timeline.stage, pausedAt == nil {
                next = min(next, isLast ? last : timeline.end - configuration.limits.lead)
            }
        }
        return max(next, handledAt)
    }

    mutating func record(_ kind: FleetFact.Kind, at now: FleetTime) {
        batch.facts.append(FleetFact(at: now, kind))
    }

    mutating func log(_ level: LogLine.Level, _ message: StaticString, _ metadata: [String: String] = [:]) {
        actions.append(.log(LogLine(level, message, metadata)))
    }

    mutating func send(_ message: Message, to member: Int) {
        guard let connection = members[member].connection else { return }
        actions.append(.send(connection, message.line))
    }
}
