import ApeCore
import ApeMetrics
import ApeWire

/// A worker of the run, as its coordinator knows it.
struct Member: Sendable {
    enum Standing: Sendable, Equatable {
        case active
        /// It said `leave`; its agents are coming to an end.
        case leaving
        /// It said `stopped`.
        case stopped
        /// It was not heard for longer than its agents may run without that. It may come back.
        case lost
        /// It cannot run the scenario.
        case refused
    }

    let worker: String
    var name: String
    var capacity: Capacity
    /// It has said that it runs nothing past its lease; false while that is not known.
    var cancelsAtLease = false
    var standing = Standing.active
    var connection: ConnectionID?
    /// Fleet time at which it was last known to live: a `hello` or a `pong` came. Its lease is counted from here,
    /// which is never before the moment from which the worker itself counts it.
    var heardAt: FleetTime
    /// Since when it has no connection; fleet time.
    var awaySince: FleetTime?
    /// When its latest outage began that has ended; fleet time.
    var lastAwaySince: FleetTime?
    /// It has said `prepared`, on this connection or an earlier one.
    var isPrepared = false
    /// It has said `prepared` on this connection, so that assignments may follow.
    var isReady = false
    /// Pongs on this connection.
    var pongs = 0

    /// What it is to run in the end; no agent is wanted for two workers.
    var wanted = AgentRanges()
    /// What it was told to run last: ``wanted`` without what others may still run.
    var granted = AgentRanges()
    /// The revision that said so; 0 before the first, and when it needs to be told anew.
    var grantRevision = 0
    /// The stage that it was told about.
    var grantStage: Int?
    /// The revision that was sent last on this connection.
    var sentRevision = 0
    /// Every agent that may be running on it. No agent is ever held by two workers: that is promise 2.
    var held = AgentRanges()

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
    /// Events that are still taken from it.
    var events: EventBudget
    /// Failed sessions that are still kept step by step.
    var exemplars: ExemplarBudget

    init(worker: String, name: String, capacity: Capacity, heardAt: FleetTime, limits: CoordinatorLimits) {
        self.worker = worker
        self.name = name
        self.capacity = capacity
        self.heardAt = heardAt
        events = EventBudget(perSecond: limits.eventsPerSecond)
        exemplars = ExemplarBudget(perReason: limits.exemplarsPerReason)
    }

    var isConnected: Bool { connection != nil }
    /// Whether agents can be given to it.
    var isEligible: Bool { standing == .active && isPrepared }
    /// Whether its last words are still to be expected.
    var isExpected: Bool { standing == .active || standing == .leaving }
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
}

/// A connection that has not proven itself.
struct Door: Sendable {
    let id: ConnectionID
    let peer: String
    let nonce: Nonce
    let openedAt: FleetTime
    var codec = LineCodec()
}

/// Agents that no worker runs, on their way from one to another.
struct Freed: Sendable {
    var agents: AgentRanges
    let from: String
    let reason: AgentMove.Reason
    /// Since when they stand still.
    let since: FleetTime
}
