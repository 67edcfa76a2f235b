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
        case other
    }

    package var kind: Kind
    /// A sentence for the user.
    package var message: String
    /// When the request was handed to the transport, by ``MonotonicClock``; nil where it never was.
    package var startedMicros: Int64?
    /// The answers before the failure that led elsewhere and were followed.
    package var redirectedFrom: [TransferResponse] = []
    /// What had come of an answer that is a stream of events; nil for others.
    package var partial: TransferResponse?
    /// How the last hop got its connection.
    package var connection = ConnectionUse()
    /// Whether an HTTP/2 connection ended after the request had been sent and before its answer began, and libcurl did
    /// not send it again.
    var isUnanswered: Bool {
        kind == .closed && [CURLE_HTTP2, CURLE_HTTP2_STREAM].contains { Int($0.rawValue) == curlCode }
    }
    /// libcurl's code, where libcurl reported the failure.
    var curlCode: Int?

    package init(_ kind: Kind, _ message: String, startedMicros: Int64? = nil, curlCode: Int? = nil) {
        self.kind = kind
        self.message = message
        self.startedMicros = startedMicros
        self.curlCode = curlCode
    }
}

extension TransferError: CustomStringConvertible {
    package var description: String {
        message
    }
}
