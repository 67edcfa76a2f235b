import ApeMetrics
import ApeTransfer

/// Why an attempt at a decision failed.
struct InferenceFault: Error, Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case status(Int)
        case transport(TransferError.Kind)
        /// The connection broke, or its time ran out, after the stream had begun.
        case brokenStream(TransferError.Kind)
        case stream(StreamFailure)
        /// The session's time ran out while the model was still at it.
        case sessionEnd
    }

    var kind: Kind
    /// A sentence for people.
    var message: String

    /// What it is counted as.
    var counted: AttemptFault {
        switch kind {
        case .status(429): .http429
        case .status(401), .status(403): .httpAuth
        case .status(let status) where status >= 500: .http5xx
        case .status(let status) where status >= 400: .http4xx
        case .status: .httpStatus
        case .transport(let kind): kind.fault
        case .brokenStream(let kind): kind.isTimeout ? .timeout : .stream
        case .stream(let failure): failure.fault
        case .sessionEnd: .sessionEnd
        }
    }

    /// What a session fails of that ends with it.
    var reason: FailureReason { .inference(counted) }

    /// Whether a further attempt may do better. A stream that has begun is not asked for again: its tokens are out,
    /// and a broken answer is a failed decision.
    var isRetryable: Bool {
        switch kind {
        case .status(let status): status == 429 || status >= 500
        case .transport(let kind):
            switch kind {
            case .resolve, .refused, .connectTimeout, .firstByteTimeout, .closed, .other: true
            default: false
            }
        case .brokenStream, .stream, .sessionEnd: false
        }
    }
}

extension TransferError.Kind {
    var isTimeout: Bool {
        switch self {
        case .connectTimeout, .firstByteTimeout, .totalTimeout: true
        default: false
        }
    }

    /// Whether no connection came about, so that trying at once would spin.
    var isUnreachable: Bool {
        switch self {
        case .resolve, .refused, .connectTimeout, .tls, .closed: true
        default: fault.isOwn
        }
    }

    /// What it is counted as.
    var fault: AttemptFault {
        switch self {
        case .resolve: .dns
        case .refused: .refused
        case .connectTimeout, .firstByteTimeout, .totalTimeout: .timeout
        case .tls: .tls
        case .closed: .closed
        case .protocolError: .protocolError
        case .notAllowed: .notAllowed
        case .tooManyRedirects: .redirects
        case .cancelled: .cancelled
        case .invalidURL, .invalidRequest: .invalidRequest
        case .other: .transport
        }
    }
}
