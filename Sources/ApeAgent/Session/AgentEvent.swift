import ApeMetrics

/// Something notable that happened to an agent. Whoever takes events limits their rate: a broken target makes as many
/// as there are sessions.
package struct AgentEvent: Sendable, Equatable {
    package enum Level: String, Sendable {
        case info
        case warning
        case error
    }

    package var level: Level
    /// A stable name, such as `target_5xx`: a failed session's reason, or `simulation_invalid_call`.
    package var code: String
    /// A sentence for people. It holds no secret and no captured value.
    package var message: String
    package var agent: Int
    /// The session's trace, as in the `traceparent` of its requests.
    package var traceID: String
    /// The session, where it has failed; its start is not known yet.
    package var session: SessionTrace?

    package init(
        level: Level,
        code: String,
        message: String,
        agent: Int,
        traceID: String,
        session: SessionTrace? = nil
    ) {
        self.level = level
        self.code = code
        self.message = message
        self.agent = agent
        self.traceID = traceID
        self.session = session
    }
}
