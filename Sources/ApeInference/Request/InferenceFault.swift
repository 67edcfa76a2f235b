import ApeCore
import ApeMetrics
import ApeTransfer

/// Why an attempt at a decision failed.
///
/// It is no `ApeError` because retries, counts and the session's end are switches over its kind.
package struct InferenceFault: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case status(Int)
        case transport(TransferError.Kind)
        /// The connection broke, or its time ran out, after the stream had begun.
        case brokenStream(TransferError.Kind)
        case stream(StreamFailure)
        /// The session's time ran out while the model was still at it.
        case sessionEnd
    }

    package var kind: Kind
    /// A sentence for people.
    package var message: String
    /// Whether a further attempt may do better. A stream whose first token has come is not asked for again: its tokens
    /// are out, and a broken answer is a failed decision.
    var isRetryable = false
    /// Whether the conversation is longer than the model takes.
    package var isContextOverflow = false
    /// Whether the endpoint refused the form that an answer or a call's arguments are held to.
    var isAboutForm = false
    /// Whether the endpoint takes no tools.
    package var refusesTools = false

    init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    /// A fault of a transfer. `hasToken` tells whether the model had begun to answer.
    init(_ error: TransferError, hasBegun: Bool, hasToken: Bool) {
        self.init(kind: hasBegun ? .brokenStream(error.kind) : .transport(error.kind), message: error.message)
        switch error.kind {
        case .resolve, .refused, .connectTimeout, .firstByteTimeout, .closed, .proxy, .other: isRetryable = !hasToken
        default: isRetryable = false
        }
    }

    /// A fault of a stream that was read to its end, in words that hold no secret.
    init(_ failure: StreamFailure, hasToken: Bool, hiding mask: SecretMask) {
        self.init(kind: .stream(failure), message: failure.message(hiding: mask))
        isRetryable = !hasToken && failure.mayPass
    }

    /// What it is counted as.
    package var counted: AttemptFault {
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
    package var reason: FailureReason { .inference(counted) }
}
