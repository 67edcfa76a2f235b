import ApeCore
import ApeMetrics
import ApeWire

/// A worker's side of the fleet's protocol, as a value: events go in, actions come out.
///
/// Its time is the worker's own clock. Events must be handledAt in the order in which they
/// happened, and their actions done in order before the next event.
package struct WorkerMachine: Sendable {
    /// The way to the coordinator.
    enum Link: Sendable {
        /// Nothing stands; the next attempt is due then. May become ``connecting``.
        case waiting(until: LocalTime)
        /// The shell is connecting. May become ``greeting(nonce:)``, or ``waiting(until:)`` where it cannot.
        case connecting
        /// Connected; `greet` is waited for. May become ``proving(greetNonce:helloNonce:helloAt:)`` or ``waiting(until:)``.
        case greeting(nonce: Nonce)
        /// `hello` was sent at a moment of the worker's clock; `welcome` is waited for. May become ``online``, or
        /// ``waiting(until:)`` where it is refused.
        case proving(greetNonce: Nonce, helloNonce: Nonce, helloAt: LocalTime)
        /// Both sides have proven themselves. May become ``waiting(until:)`` when the connection ends.
        case online
    }

    /// The connection that stands or is being greeted.
    struct Connection: Sendable {
        let id: ConnectionID
        let openedAt: LocalTime
        var heardAt: LocalTime
        var codec = LineCodec()
    }

    package let configuration: WorkerConfiguration
    var link = Link.waiting(until: .distantPast)
    var connection: Connection?
    var backoff: Backoff
    /// When the coordinator was last there, or the process started: with `once`, patience ends some time after it.
    var onlineAt: LocalTime?
    var clock: FleetClock
    /// The coordinator's clock that ``clock`` follows; nil where it did not name it.
    var followedClock: String?
    var lease = Lease()
    /// Whether the coordinator knows what the event of a successful session is.
    var takesSuccesses = false
    var run: WorkerRun?
    /// The run that ended last, for a coordinator that asks again.
    var endedRun: Stopped?
    var budget: EventBudget
    var rowRequests = RowRequests()
    /// How long the process did not run, where that was longer than a lease, until the coordinator has been told.
    var slept: Micros?
    /// Why the process is asked to end, once it is.
    var leaving: String?
    var hasExited = false
    /// The time of the latest event.
    var handledAt = LocalTime.distantPast
    var actions: [Action] = []

    package init(_ configuration: WorkerConfiguration) {
        self.configuration = configuration
        let limits = configuration.limits
        backoff = Backoff(
            least: limits.leastBackoff,
            greatest: limits.greatestBackoff,
            seed: configuration.jitterSeed
        )
        clock = FleetClock(samples: limits.clockSamples)
        budget = EventBudget(perSecond: limits.eventsPerSecond)
    }

    /// Takes one event and tells what the shell has to do.
    ///
    /// What has run out by now is dealt with first, so that a process which was stopped for a while does not act on
    /// old news before it has noticed the time.
    package mutating func handle(_ event: Event, at now: LocalTime) -> [Action] {
        guard !hasExited else { return [] }
        noticeSleep(at: now)
        handledAt = now
        if onlineAt == nil { onlineAt = now }
        expire(at: now)
        if !hasExited { take(event, at: now) }
        if !hasExited { expire(at: now) }
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ event: Event, at now: LocalTime) {
        switch event {
        case .started, .timer: break
        case .connected(let id, let nonce): connected(id, nonce: nonce, at: now)
        case .connectFailed(let reason, let isRefusal):
            connectFailed(reason, at: now)
            if isRefusal { giveUpWhereRefused(reason) }
        case .received(let id, let bytes): received(id, bytes, at: now)
        case .disconnected(let id, let reason, let isRefusal):
            guard connection?.id == id else { return }
            reconnect(reason ?? "The connection to the coordinator ended", at: now)
            if isRefusal { giveUpWhereRefused(reason ?? "") }
        case .prepared(let id): prepared(id)
        case .refused(let id, let code, let message): refused(Refused(run: id, code: code, message: message))
        case .settled(let revision): settled(revision)
        case .arrivalsTaken(let revision, let until): run?.arrivalsTaken(revision: revision, until: until)
        case .tally(let stamp, let tally, let host): tallied(stamp, tally, host, at: now)
        case .answered: answered()
        case .told(let event): tell(event, at: now)
        case .rowsWanted(let goal, let want): wantRows(goal, want)
        case .leaveRequested(let reason): leave(reason, at: now)
        case .drained: drained(at: now)
        }
    }

    /// The number of the latest window of the run that the worker is in, or was in last; 0 before the first.
    package var lastSeq: Int64 { run?.outbox.lastSeq ?? endedRun?.lastSeq ?? 0 }

    /// Until when agents may load the target, by the worker's clock, unless the lease is renewed; nil while no agent runs
    /// under one. A shell that was stopped for a while must see to it that nothing begins after this moment before the
    /// machine has had its turn.
    package var loadsUntil: LocalTime? { lease.isInForce ? lease.validUntil : nil }

    /// Fleet time minus the worker's clock, as far as is known. It drifts, as clocks do.
    package var fleetOffset: Micros { clock.offset }

    /// Windows of the run that the coordinator is not known to have.
    package var unacknowledgedWindows: Int { run?.outbox.count ?? 0 }

    /// Whether the worker and its coordinator have proven themselves to each other, and the connection stands.
    package var isOnline: Bool {
        if case .online = link { true } else { false }
    }

    /// Sends on the connection that stands; without one the message is not worth keeping.
    mutating func send(_ message: Message) {
        guard isOnline, let connection else { return }
        actions.append(.send(connection.id, message.line))
    }

    mutating func log(_ level: LogLine.Level, _ message: StaticString, _ metadata: [String: String] = [:]) {
        actions.append(.log(LogLine(level, message, metadata)))
    }

    mutating func exit(_ reason: Exit) {
        if let connection { actions.append(.close(connection.id, after: [])) }
        connection = nil
        hasExited = true
        actions.append(.exit(reason))
    }
}
