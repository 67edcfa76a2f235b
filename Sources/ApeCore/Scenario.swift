/// What is tested: targets, inference endpoint, goals, pacing and limits.
///
/// It is read from a YAML file or from the same document as JSON (as it goes over the wire); `docs/scenario.md`
/// lists every key with its type, default and limits.
package struct Scenario: Sendable, Equatable {
    package var name: String
    /// The applications under test, by the name that goals and tool calls use.
    package var targets: [Target]
    /// The model that drives the users; nil when every goal is a script.
    package var inference: Inference?
    /// At least one; agents pick by weight.
    package var goals: [Goal]
    package var pacing: Pacing
    package var limits: Limits
    /// Who uses an agent's connections.
    package var connections = Connections.agent
    /// The scenario's own values for KPI targets; a key that is missing has its default.
    package var kpiTargets: [KPIKey: Double]
    /// The conditions of the user's own.
    package var thresholds: [Threshold] = []
    /// The servers whose own figures the coordinator reads.
    package var scrape: [ScrapeTarget] = []
    /// The scenario's own plan; nil for the validation plan.
    package var plan: Plan?

    package init(
        name: String,
        targets: [Target],
        inference: Inference?,
        goals: [Goal],
        pacing: Pacing = Pacing(),
        limits: Limits = Limits(),
        kpiTargets: [KPIKey: Double] = [:],
        plan: Plan? = nil
    ) {
        self.name = name
        self.targets = targets
        self.inference = inference
        self.goals = goals
        self.pacing = pacing
        self.limits = limits
        self.kpiTargets = kpiTargets
        self.plan = plan
    }
}

extension Scenario {
    /// How long an agent thinks between an answer and its next decision, as a person would.
    package struct Pacing: Sendable, Equatable {
        /// Before every step but a session's first; a constant when both ends are equal.
        package var thinkMicros: ClosedRange<Int64> = 0...0
        /// Between two sessions of one agent.
        package var betweenSessionsMicros: ClosedRange<Int64> = 0...0

        package init() {}
    }

    /// Who uses the connections, and the TLS sessions, that an agent opens to targets and to the model's endpoint.
    package enum Connections: String, Sendable, CaseIterable {
        /// One session of the agent: the next one opens its own.
        case session
        /// The agent, in all of its sessions.
        case agent
        /// Any agent of the worker, whichever connection is idle.
        case shared
    }

    /// The bounds that hold for every session.
    package struct Limits: Sendable, Equatable {
        /// Bytes of a target's answer that are kept; the rest is drained and dropped.
        package var responseBytes = 256 * 1024
        /// Bytes of a target's answer that are fed back to the model.
        package var feedbackBytes = 2048
        /// Endpoints of all targets that the model is told of.
        package var promptEndpoints = 500
        /// Tokens (estimated at 4 bytes each) of conversation sent with a decision.
        package var contextTokens = 8192
        /// Retries of one request to the target on 429 and 503.
        package var targetRetries = 2
        /// Retries of one decision on 429, 5xx and transport errors.
        package var inferenceRetries = 3
        /// The first back-off; it doubles with each retry, with jitter, up to ``backoffMaximumMicros``.
        package var backoffMicros: Int64 = 250_000
        package var backoffMaximumMicros: Int64 = 10_000_000
        /// The longest Retry-After that is honoured; a longer one fails the request.
        package var retryAfterMaximumMicros: Int64 = 60_000_000
        package var connectTimeoutMicros: Int64 = 10_000_000
        /// Until the first byte of a target's answer.
        package var firstByteTimeoutMicros: Int64 = 30_000_000
        /// Until the last byte of a target's answer.
        package var totalTimeoutMicros: Int64 = 60_000_000
        package var redirects = 5
        /// How long what a hold began is waited for once the hold is over.
        package var drainMicros: Int64 = 30_000_000

        package init() {}
    }
}
