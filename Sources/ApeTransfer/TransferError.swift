/// Why a request has no answer.
package struct TransferError: Error, Sendable, Hashable {
    /// The kinds that callers tell apart.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The name has no address.
        case resolve
        /// Nothing accepts connections there, or no route leads there.
        case refused
        case connectTimeout
        case firstByteTimeout
        case totalTimeout
        /// The handshake failed, or the certificate is not to be trusted.
        case tls
        /// The connection was reset or closed before the answer was whole.
        case closed
        /// The answer is not HTTP, or breaks a limit of it.
        case protocolError
        /// The gate refused the address.
        case notAllowed
        case tooManyRedirects
        /// The task was cancelled, or the reactor shut down.
        case cancelled
        case invalidURL
        /// The method or a header holds bytes that would break the request.
        case invalidRequest
        case other
    }

    package var kind: Kind
    /// A sentence for the user.
    package var message: String
    /// When the request was handed to the transport; nil when it never was.
    package var startedMicros: Int64?
    /// libcurl's own code, where it was libcurl that failed.
    package var curlCode: Int?

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
