import ApeMetrics

/// How a completed session ended.
struct SessionOutcome: Equatable, Sendable {
    /// nil for a success.
    var failure: SessionFailure?
    var isStateful: Bool

    var isSuccess: Bool { failure == nil }
}

/// Why a session failed: whose failure it is, which, and where it was seen.
struct SessionFailure: Equatable, Sendable {
    var reason: FailureReason
    /// A sentence for people.
    var message: String
    /// The status that was answered; nil where none was, or it was not to blame.
    var status: Int?
    /// Such as `POST /order`; nil where no request is to blame.
    var route: String?
    /// Whether the next session would fail at once too, so that the agent should wait before it.
    var isUnreachable = false

    func label(goal: String) -> SessionFailureLabel {
        SessionFailureLabel(reason: reason, status: status, route: route, goal: goal)
    }
}
