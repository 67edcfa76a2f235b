import ApeTransfer

/// What came of one action or verification, retries included. Times are microseconds of the monotonic clock.
struct TargetOutcome: Sendable {
    var result: Result<TransferResponse, TransferError>
    /// When the first attempt was handed to the transport.
    var startedMicros: Int64
    var endedMicros: Int64
    var retryWaitMicros: Int64
    /// Requests that went out, redirects included.
    var requests: Int
    /// How often it was tried.
    var attempts = 0
    /// What went wrong with each attempt that failed: its status, or what kept it from having one.
    var faults: [String] = []
    /// Whether an attempt sent a cookie.
    var sentCookie: Bool

    /// The label of `actions`.
    var statusClass: String {
        guard case .success(let response) = result else { return "error" }
        switch response.status {
        case ..<300: return "2xx"
        case ..<400: return "3xx"
        case ..<500: return "4xx"
        default: return "5xx"
        }
    }

    /// The failure that it stands for; nil for an answer below 400.
    var failure: SessionFailure? {
        switch result {
        case .success(let response) where response.status < 400: nil
        case .success(let response):
            SessionFailure(
                reason: response.status < 500 ? "target_4xx" : "target_5xx",
                message: "the target answered \(response.status)"
            )
        case .failure(let error):
            SessionFailure(
                reason: error.kind.isOwn ? "harness_\(error.kind.label)" : "target_\(error.kind.label)",
                message: error.message,
                isUnreachable: error.kind.isUnreachable
            )
        }
    }
}
