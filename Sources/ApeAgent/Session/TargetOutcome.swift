import ApeInference
import ApeMetrics
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

    /// What it is counted as.
    var status: ActionStatus {
        guard case .success(let response) = result else { return .error }
        return ActionStatus(status: response.status)
    }

    /// The failure that it stands for; nil for an answer below 400.
    var failure: SessionFailure? {
        switch result {
        case .success(let response) where response.status < 400: nil
        case .success(let response):
            SessionFailure(
                reason: response.status < 500 ? .target4xx : .target5xx,
                message: "the target answered \(response.status)"
            )
        case .failure(let error):
            SessionFailure(
                reason: .target(error.kind.fault),
                message: error.message,
                isUnreachable: error.kind.isUnreachable
            )
        }
    }
}
