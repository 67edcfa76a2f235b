import ApeCore

/// One agent's books: what it does now, the gap that it is in, and what it waits for. Times are microseconds of the
/// monotonic clock; windows are numbered by ``AgentBooks``.
struct AgentAccount: Sendable, Equatable {
    /// A gap that has begun.
    struct OpenGap: Sendable, Equatable {
        /// The window in which its action began.
        var window: Int
        var beganMicros: Int64
        var goal: String
        var route: String
    }

    /// A decision or a request that is out.
    struct Wait: Sendable, Equatable {
        enum Kind: Sendable, Equatable {
            case decision
            case action(route: String)
            case verification(route: String)
        }

        var kind: Kind
        /// The window in which it began.
        var window: Int
        var beganMicros: Int64
        /// When the decision's first token came; nil before.
        var firstTokenMicros: Int64?
        /// Why the harness could not make its last attempt, while the next is waited for.
        var ownFault: AttemptFault?
        /// It has been filed as unanswered: what comes of it later counts no more.
        var isFiled = false
    }

    struct Session: Sendable, Equatable {
        var goal: String
        var startMicros: Int64
        /// It has been filed as failed, for something that was not answered.
        var isFiled = false
    }

    let agent: Int
    /// When it was to start. One that waits for a session to arrive starts with that.
    var startedMicros: Int64
    private(set) var activity = AgentActivity.overhead
    private(set) var sinceMicros: Int64
    private(set) var parts = GapBreakdown()
    var gap: OpenGap?
    var wait: Wait?
    /// The window in which the last wait began that has ended.
    var lastWaitWindow = 0
    /// The session that runs.
    var session: Session?
    /// It owes an answer to a hold that is over.
    var isOwing = false
    /// Its first request has gone out.
    var hasRequested = false

    init(agent: Int, startedMicros: Int64, at now: Int64) {
        self.agent = agent
        self.startedMicros = startedMicros
        sinceMicros = now
    }

    /// Ends what it did, and begins what it does now.
    ///
    /// - Returns: what it did, and since when.
    mutating func turn(to next: AgentActivity, at now: Int64) -> (activity: AgentActivity, since: Int64) {
        defer { (activity, sinceMicros) = (next, now) }
        if let part = activity.part { parts[part: part] = parts[part: part].addingClamped(max(0, now - sinceMicros)) }
        return (activity, sinceMicros)
    }

    /// Ends the running gap as one of this length, and starts the account of the next.
    mutating func takeGap() -> GapBreakdown {
        var ended = parts
        ended.gaps = 1
        ended.gapMicros = ended.partsMicros
        parts = GapBreakdown()
        return ended
    }
}
