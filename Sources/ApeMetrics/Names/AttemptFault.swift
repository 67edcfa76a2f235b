/// What failed one attempt at a decision or at a target: the label of ``CounterFamily/decisionErrors``, the last word of
/// one of ``CounterFamily/routeErrors`` where there is no status, and the second part of a ``FailureReason``.
package struct AttemptFault: RawRepresentable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    // No answer came.
    package static let dns = AttemptFault(rawValue: "dns")
    package static let refused = AttemptFault(rawValue: "refused")
    package static let timeout = AttemptFault(rawValue: "timeout")
    package static let tls = AttemptFault(rawValue: "tls")
    package static let closed = AttemptFault(rawValue: "closed")
    /// The answer was none of HTTP's.
    package static let protocolError = AttemptFault(rawValue: "protocol")
    package static let redirects = AttemptFault(rawValue: "redirects")
    /// It was still open when the run no longer waited for what its hold began.
    package static let unanswered = AttemptFault(rawValue: "unanswered")
    /// The session's end cut the request short.
    package static let sessionEnd = AttemptFault(rawValue: "session_end")

    // No request went out.
    package static let notAllowed = AttemptFault(rawValue: "not_allowed")
    package static let invalidRequest = AttemptFault(rawValue: "invalid_request")
    package static let cancelled = AttemptFault(rawValue: "cancelled")
    package static let transport = AttemptFault(rawValue: "transport")

    // The endpoint refused a decision.
    package static let http429 = AttemptFault(rawValue: "http_429")
    package static let httpAuth = AttemptFault(rawValue: "http_auth")
    package static let http4xx = AttemptFault(rawValue: "http_4xx")
    package static let http5xx = AttemptFault(rawValue: "http_5xx")
    package static let httpStatus = AttemptFault(rawValue: "http_status")

    // The endpoint's answer was none that a decision can be read from.
    package static let stream = AttemptFault(rawValue: "stream")
    package static let errorObject = AttemptFault(rawValue: "error_object")
    package static let malformed = AttemptFault(rawValue: "malformed")
    package static let tooLarge = AttemptFault(rawValue: "too_large")
    package static let notStreaming = AttemptFault(rawValue: "not_streaming")

    /// Whether an answer was waited for in vain: the wait counts as one, and lasted at least so long.
    package var isWait: Bool { self == .timeout || self == .unanswered || self == .sessionEnd }

    /// Whether the harness, and not the peer, is why there is no answer.
    package var isOwn: Bool {
        switch self {
        case .notAllowed, .invalidRequest, .cancelled, .transport: true
        default: false
        }
    }
}
