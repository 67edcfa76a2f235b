import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// What came of one action or verification, retries included. Times are microseconds of the monotonic clock.
struct TargetOutcome: Sendable {
    var result: Result<TransferResponse, TransferError>
    /// When the first attempt was handed to the transport.
    var startedMicros: Int64
    var endedMicros: Int64
    var retryWaitMicros: Int64 = 0
    /// Requests that went out, redirects included.
    var requests = 0
    /// How they got their connections.
    var connections = ConnectionLog()
    /// How often it was tried.
    var attempts = 0
    /// The span of the last attempt's request.
    var spanID: UInt64 = 0
    /// How long each attempt took that was answered as it should be.
    var answered: [Int64] = []
    /// How long events were waited for, in each attempt whose answer was a stream of events.
    var streams: [AnswerStream.Waits] = []
    /// What went wrong with each attempt that failed.
    var faults: [Fault] = []
    /// Whether an attempt sent a cookie.
    var sentCookie = false

    /// A request that begins now.
    init(startedMicros: Int64) {
        result = .failure(TransferError(.cancelled, "the request was not sent"))
        self.startedMicros = startedMicros
        endedMicros = startedMicros
    }

    /// One attempt that failed.
    struct Fault: Sendable, Equatable {
        /// The answer's status, or the ``AttemptFault`` that kept it from having one.
        var status: String
        var party: Party
        /// How long it was waited for; nil where nothing was.
        var waitedMicros: Int64?
    }

    /// What it is counted as.
    var status: ActionStatus {
        guard case .success(let response) = result else { return .error }
        return ActionStatus(status: response.status)
    }

    /// The failure that it stands for; nil for an answer that is as the request waits for it.
    func failure(of request: PlannedRequest) -> SessionFailure? {
        switch result {
        case .success(let response):
            guard let reason = Blame.reason(status: response.status, of: request, carriesReceived: sentCookie) else {
                return nil
            }
            return SessionFailure(
                reason: reason,
                message: "the target answered \(response.status) to \(request.route)",
                status: response.status,
                route: request.route
            )
        case .failure(let error):
            return SessionFailure(
                reason: .target(error.kind.fault),
                message: error.message,
                route: request.route,
                isUnreachable: error.kind.isUnreachable
            )
        }
    }
}
