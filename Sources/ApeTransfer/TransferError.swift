import CCurl

/// Why a request has no answer.
///
/// It is no `ApeError` because callers switch over its kind, and because this module imports none of ours.
package struct TransferError: Error, Sendable {
    /// The kinds of failure that callers distinguish.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The name has no address.
        case resolve
        /// Nothing accepts connections there, or no route leads there.
        case refused
        case connectTimeout
        case firstByteTimeout
        case totalTimeout
        /// The handshake failed, or the certificate is not trusted.
        case tls
        /// The connection was reset or closed before the answer was complete.
        case closed
        /// The answer is not HTTP, or exceeds a limit.
        case protocolError
        /// The gate refused the address.
        case notAllowed
        case tooManyRedirects
        /// The task was cancelled, or the reactor shut down.
        case cancelled
        case invalidURL
        /// The method or a header contains bytes that HTTP does not allow.
        case invalidRequest
        /// A proxy in front of the server cannot be reached, or lets nothing through.
        case proxy
        case other
    }

    package var kind: Kind
    /// A sentence for the user.
    package var message: String
    private var circumstances: Circumstances
    /// Whether an HTTP/2 connection ended after the request had been sent and before its answer began, and libcurl did
    /// not send it again.
    var isUnanswered: Bool {
        kind == .closed && [CURLE_HTTP2, CURLE_HTTP2_STREAM].contains { Int($0.rawValue) == curlCode }
    }

    package init(_ kind: Kind, _ message: String, startedMicros: Int64? = nil, curlCode: Int? = nil) {
        self.kind = kind
        self.message = message
        circumstances = .known(Details(startedMicros: startedMicros, curlCode: curlCode))
    }
}

// What is known besides has a place of its own in memory: the frame of each call that may fail has room for an error,
// and every agent that waits for an answer has a dozen such frames.
extension TransferError {
    private struct Details {
        var startedMicros: Int64?
        var curlCode: Int?
        var redirectedFrom: [TransferResponse] = []
        var partial: TransferResponse?
        var connection = ConnectionUse()
    }

    private indirect enum Circumstances {
        case known(Details)
    }

    private var details: Details {
        get {
            switch circumstances {
            case .known(let details): details
            }
        }
        set { circumstances = .known(newValue) }
    }

    /// When the request was handed to the transport, by ``MonotonicClock``; nil where it never was.
    package var startedMicros: Int64? {
        get { details.startedMicros }
        set { details.startedMicros = newValue }
    }

    /// libcurl's code, where libcurl reported the failure.
    var curlCode: Int? { details.curlCode }

    /// The answers before the failure that led elsewhere and were followed.
    package var redirectedFrom: [TransferResponse] {
        get { details.redirectedFrom }
        set { details.redirectedFrom = newValue }
    }

    /// What had come of an answer that is a stream of events; nil for others.
    package var partial: TransferResponse? {
        get { details.partial }
        set { details.partial = newValue }
    }

    /// How the last hop got its connection.
    package var connection: ConnectionUse {
        get { details.connection }
        set { details.connection = newValue }
    }
}

extension TransferError: CustomStringConvertible {
    package var description: String {
        message
    }
}
