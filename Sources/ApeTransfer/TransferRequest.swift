/// One HTTP request, with the limits that it runs under.
package struct TransferRequest: Sendable {
    /// Which version of HTTP to speak.
    package enum Version: Sendable, Hashable {
        /// HTTP/2 where TLS negotiates it, else HTTP/1.1.
        case automatic
        case http1
        /// HTTP/2 at once, without TLS or an upgrade.
        case http2PriorKnowledge
    }

    /// A header line as it is to be sent.
    package typealias Header = (name: String, value: String)

    package var method: String
    /// An absolute `http` or `https` URL.
    package var url: String
    /// Sent in this order. A `Cookie` header is sent together with the jar's cookies.
    package var headers: [Header] = []
    package var body: [UInt8]?
    /// Longest wait for name resolution, TCP and TLS together.
    package var connectTimeoutMicros: Int64 = 10_000_000
    /// Longest wait from the start to the answer's first byte, per hop.
    package var firstByteTimeoutMicros: Int64 = 60_000_000
    /// Longest time from the start to the end of the last hop.
    package var totalTimeoutMicros: Int64 = 120_000_000
    /// Redirects to follow; at 0 the redirecting answer itself is returned.
    package var maxRedirects = 10
    /// Bytes of the answer's body to keep; the rest is read, counted and dropped.
    package var bodyLimit = 1 << 20
    /// Whether to open a connection, TLS included, and send nothing: the answer is empty and its status 0.
    package var connectsOnly = false
    /// Whether the answer tells the certificates that the server showed on a connection that was opened for it.
    package var wantsCertificates = false
    /// Whether to offer every content coding that libcurl can decode.
    package var acceptsCompression = true
    package var httpVersion = Version.automatic
    /// A PEM file of the authorities to trust in place of the system's.
    package var caFile: String?
    /// The proxy's URL; nil follows the environment, an empty string goes without one.
    package var proxy: String?
    /// Asked before any connection is opened; nil lets everything through.
    package var gate: TransferGate?

    package init(method: String = "GET", url: String, headers: [Header] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
