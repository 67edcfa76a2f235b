/// What an agent's time goes to. At every moment from its start to its stop an agent is in exactly one of these.
package enum AgentActivity: String, Sendable, CaseIterable {
    /// It waits for a decision's first token.
    case firstToken = "first_token"
    /// It waits for the rest of the model's answer.
    case generation
    /// It waits for the target.
    case target
    case think
    /// It waits before a retry, for the rate governor, or after a session that failed.
    case retryWait = "retry_wait"
    /// It is the client's own turn.
    case overhead
    /// It pauses between two sessions, as the scenario asks: no gap runs.
    case pause

    /// The part of a gap that it is; nil for what no gap holds.
    package var part: GapBreakdown.Part? { GapBreakdown.Part(rawValue: rawValue) }

    /// Whether somebody else's answer is waited for.
    package var isWait: Bool { self == .firstToken || self == .generation || self == .target }
}

extension Measures {
    /// What agents' time went to, in microseconds.
    package func agentTime(_ activity: AgentActivity) -> Int64 {
        self[CounterFamily.agentTime[activity.rawValue]]
    }
}
