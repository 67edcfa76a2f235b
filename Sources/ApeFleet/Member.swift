import ApeCore
import ApeMetrics
import ApeWire

/// A worker of the run, as its coordinator knows it.
struct Member: Sendable {
    /// Whether the run still counts on a worker.
    enum Standing: Sendable, Equatable {
        /// It takes part. May become ``leaving``, ``stopped``, ``lost`` or ``refused``.
        case active
        /// It said `leave`; its agents are coming to an end. May become ``stopped``.
        case leaving
        /// It said `stopped`, or nothing more can come of it. Stays so.
        case stopped
        /// It was not heard for longer than its agents may run without that. May become ``active`` when it comes back.
        case lost
        /// It cannot run the scenario. Stays so.
        case refused
    }

    /// Whether a worker can be told anything.
    enum Presence: Sendable, Equatable {
        /// A connection stands. May become ``away(since:)`` when that ends, or ``awaited(since:)`` when its
        /// coordinator does.
        case connected(Session)
        /// No connection stands. May become ``connected(_:)`` by another handshake.
        case away(since: FleetTime)
        /// No connection stands, and an earlier coordinator had one when it ended: the worker is on its way to this one. May
        /// become ``connected(_:)`` by another handshake.
        case awaited(since: FleetTime)
    }

    /// What is known of a worker's connection.
    struct Session: Sendable, Equatable {
        let connection: ConnectionID
        /// When the outage began that this connection ended; nil for a worker's first.
        var awayBefore: FleetTime?
        var pongs = 0
    }

    /// Whether a worker could start agents.
    enum Readiness: Sendable, Equatable {
        /// It was sent `prepare` and has not answered. May become ``ready(sentRevision:)`` when it says `prepared`.
        case preparing
        /// It said `prepared` on an earlier connection: agents can be given to it, but it is told of them once it has
        /// said so again. May become ``ready(sentRevision:)``, or ``preparing`` where it knows nothing of the run.
        case prepared
        /// It said `prepared` on this connection, and was sent this revision last; 0 for none. May become ``prepared``
        /// when the connection ends, or ``preparing`` where it has ended the run.
        case ready(sentRevision: Int)
    }

    let worker: String
    var name: String
    var capacity: Capacity
    /// It has said that it runs nothing past its lease; false while that is not known.
    var cancelsAtLease = false
    var standing = Standing.active
    /// It refuses to run what it was given: it is to stop, and is given nothing any more.
    var mustStop = false
    var presence: Presence
    var readiness = Readiness.preparing
    /// When it was last known to live: a `hello` or a `pong` came. Its lease is counted from here, which is never before
    /// the moment from which the worker itself counts it.
    var heardAt: FleetTime

    /// What it is to run in the end; no agent is wanted for two workers.
    var wanted = AgentRanges()
    /// What it was told to run last: ``wanted`` without what others may still run.
    var granted = AgentRanges()
    /// The revision that said so; 0 before the first, and when it needs to be told anew.
    var grantRevision = 0
    /// The stage that it was told about.
    var grantStage: Int?
    /// When the stage was to start, as it was told: one that is started over starts at another moment.
    var grantStart: FleetTime?
    /// Every agent that may be running on it. No agent is ever held by two workers: that is promise 2.
    var held = AgentRanges()

    /// The arrivals of its agents.
    var arrivals = MemberArrivals()

    /// The latest window that came in.
    var receivedSeq: Int64 = 0
    /// The latest window that is durably stored.
    var storedSeq: Int64 = 0
    /// Windows that came again.
    var duplicates: Int64 = 0
    /// Of these, the ones that a fact tells of.
    var recordedDuplicates: Int64 = 0
    /// Agents at work, by the latest window.
    var active = 0
    /// Agents that owe an answer to a hold that is over, by the latest window.
    var waiting = 0
    /// It says when a hold has all its answers.
    var tellsAnswers = false
    /// The latest stage whose hold has all its answers from here.
    var answeredStage: Int?
    /// What is still taken from it.
    var budget: MemberBudget
    /// Events that are still taken from it in this second.
    var events: EventBudget
    /// Failed sessions that are still kept step by step.
    var exemplars: ExemplarBudget
    /// Successful sessions that were kept.
    var successes = 0

    init(
        worker: String,
        name: String,
        capacity: Capacity,
        presence: Presence,
        heardAt: FleetTime,
        limits: CoordinatorLimits
    ) {
        self.worker = worker
        self.name = name
        self.capacity = capacity
        self.presence = presence
        self.heardAt = heardAt
        budget = MemberBudget(limits)
        events = EventBudget(perSecond: limits.eventsPerSecond)
        exemplars = ExemplarBudget(perReason: limits.exemplarsPerReason)
    }

    /// The connection that stands.
    var connection: ConnectionID? { session?.connection }
    var isConnected: Bool { session != nil }
    /// Whether agents can be given to it.
    var isEligible: Bool { standing == .active && readiness != .preparing }
    /// Whether it is there, or about to be: only then it is given agents that it does not have.
    var takesAgents: Bool { if case .away = presence { false } else { true } }
    /// Whether it said `prepared` on this connection, so that assignments may follow.
    var isReady: Bool { if case .ready = readiness { true } else { false } }

    var session: Session? { if case .connected(let session) = presence { session } else { nil } }
    /// Since when no connection stands; nil while one does.
    var awaySince: FleetTime? {
        switch presence {
        case .connected: nil
        case .away(let since), .awaited(let since): since
        }
    }

    /// Whether its last words are still to be expected.
    var isExpected: Bool { standing == .active || standing == .leaving }

    /// Its connection has ended.
    mutating func disconnect(at now: FleetTime) {
        presence = .away(since: now)
        if isReady { readiness = .prepared }
    }

    /// It has answered a ping.
    mutating func heardPong(at now: FleetTime) {
        heardAt = now
        guard var session else { return }
        session.pongs += 1
        presence = .connected(session)
    }

    /// Whether its orders are for this attempt at a stage.
    func isTold(_ timeline: StageTimeline) -> Bool { grantStage == timeline.stage && grantStart == timeline.start }

    /// Whether answers that a stage's hold began may still come from here.
    func owesAnswers(ofStage stage: Int) -> Bool {
        isExpected && tellsAnswers && grantStage == stage && answeredStage ?? -1 < stage
    }

    /// It runs nothing any more, and is to run nothing.
    mutating func dropAgents() {
        held = AgentRanges()
        granted = AgentRanges()
        wanted = AgentRanges()
    }
}

/// A connection of a worker that has proven itself.
struct MemberLink: Sendable {
    /// The worker's place among the members.
    let member: Int
    let openedAt: FleetTime
    var codec: LineCodec
    /// When bytes last came.
    var heardAt: FleetTime
    /// What the worker's clock said in its latest pong.
    var pongLocal: LocalTime?
    var nextPing: Int64 = 1
    /// Since when no window is taken, for there were too many; nil while they are.
    var windowsPausedAt: FleetTime?
}

/// Agents that no worker runs, on their way from one to another.
struct UnassignedAgents: Sendable {
    var agents: AgentRanges
    let from: String
    let reason: AgentMove.Reason
    /// Since when they stand still.
    let since: FleetTime
    /// Up to when their arrivals were their worker's.
    let taken: [TakenArrivals]
}
