import ApeCore

/// Something notable that happened on a worker, for people: an agent tells it, the wire and the facts carry it as it
/// is. Whoever takes events limits their rate: a broken target makes as many as there are sessions.
package struct WorkerEvent: Sendable, Equatable {
    /// The code of a session that reached its goal; such an event is there for its ``session`` alone.
    package static let sessionSucceeded = "session_succeeded"

    package var run: String
    package var level: Level
    /// A stable name, such as `target_5xx`: a failed session's reason, or `simulation_invalid_call`.
    package var code: String
    /// A sentence. It holds no secret and no captured value.
    package var message: String
    package var agent: Int?
    /// The session's trace, as in the `traceparent` of its requests.
    package var traceID: String?
    /// The session that ended, step by step. The worker's machine lets only few of them through, and sets their start.
    package var session: SessionTrace?

    package init(
        run: String,
        level: Level,
        code: String,
        message: String,
        agent: Int? = nil,
        traceID: String? = nil,
        session: SessionTrace? = nil
    ) {
        self.run = run
        self.level = level
        self.code = code
        self.message = message
        self.agent = agent
        self.traceID = traceID
        self.session = session
    }
}
