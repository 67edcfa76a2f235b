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

    /// The label of `decision_errors`, such as `http_429`.
    var label: String {
        switch kind {
        case .status(429): "http_429"
        case .status(401), .status(403): "http_auth"
        case .status(let status) where status >= 500: "http_5xx"
        case .status(let status) where status >= 400: "http_4xx"
        case .status: "http_status"
        case .transport(let kind): kind.label
        case .brokenStream(let kind): kind.isTimeout ? "timeout" : "stream"
        case .stream(let failure): failure.label
        case .sessionEnd: "session_end"
        }
    }

    /// The label of `sessions_failed`: whose failure it is, and which.
    var reason: String {
        switch kind {
        case .status(429): "inference_429"
        case .status(let status) where status >= 500: "inference_5xx"
        case .status(401), .status(403): "inference_auth"
        case .status(let status) where status >= 400: "inference_4xx"
        case .transport(let kind) where kind.isOwn: "harness_\(kind.label)"
        default: "inference_\(label)"
        }
    }

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

    /// Whether the harness, and not the peer, is why there is no answer.
    var isOwn: Bool {
        switch self {
        case .notAllowed, .invalidURL, .invalidRequest, .other, .cancelled: true
        default: false
        }
    }

    /// Whether no connection came about, so that trying at once would spin.
    var isUnreachable: Bool {
        switch self {
        case .resolve, .refused, .connectTimeout, .tls, .closed: true
        default: isOwn
        }
    }

    /// A short name for a counter's label.
    var label: String {
        switch self {
        case .resolve: "dns"
        case .refused: "refused"
        case .connectTimeout, .firstByteTimeout, .totalTimeout: "timeout"
        case .tls: "tls"
        case .closed: "closed"
        case .protocolError: "protocol"
        case .notAllowed: "not_allowed"
        case .tooManyRedirects: "redirects"
        case .cancelled: "cancelled"
        case .invalidURL, .invalidRequest: "invalid_request"
        case .other: "transport"
        }
    }
}
