import ApeMetrics

/// How a completed session ended.
struct SessionOutcome: Equatable, Sendable {
    /// nil for a success.
    var failure: SessionFailure?
    var isStateful: Bool

    var isSuccess: Bool { failure == nil }
}

/// Why a session failed: whose failure it is, and which.
struct SessionFailure: Equatable, Sendable {
    var reason: FailureReason
    /// A sentence for people.
    var message: String
    /// Whether the next session would fail at once too, so that the agent should wait before it.
    var isUnreachable = false
}
