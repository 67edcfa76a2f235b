/// One HTTP request and its limits.
package struct TransferRequest: Sendable {
    /// The version of HTTP to speak.
    package enum Version: Sendable, Hashable {
        /// HTTP/2 where TLS negotiates it, else HTTP/1.1.
        case automatic
        case http1
        /// HTTP/2 at once, without TLS or an upgrade.
        case http2PriorKnowledge
    }

    /// A header to send.
    package typealias Header = (name: String, value: String)

    package var method: String
    /// An absolute `http` or `https` URL.
    package var url: String
    /// Sent in this order. A `Cookie` header is sent in addition to the client's cookies.
    package var headers: [Header] = []
    package var body: RequestBody?
    /// The longest time for name resolution, TCP and TLS together.
    package var connectTimeoutMicros: Int64 = 10_000_000
    /// The longest time from the start of a hop to the first byte of its answer.
    package var firstByteTimeoutMicros: Int64 = 60_000_000
    /// The longest time from the start to the end of the last hop.
    package var totalTimeoutMicros: Int64 = 120_000_000
    /// How long an answer is listened to that is a stream of events; then it counts as whole. Nil waits for its end.
    package var listenMicros: Int64?
    /// The most redirects to follow. At 0 the redirecting answer itself is returned.
    package var maxRedirects = 10
    /// The most bytes of the answer's body to keep. The rest is read, counted and dropped.
    package var bodyLimit = 1 << 20
    /// Whether to open a connection, TLS included, and send nothing. The answer is empty and its status is 0.
    package var connectsOnly = false
    /// Whether the answer contains the server's certificates, where a connection was opened for it.
    package var wantsCertificates = false
    /// Whether to offer every content coding that libcurl can decode.
    package var acceptsCompression = true
    package var httpVersion = Version.automatic
    /// A PEM file of the authorities to trust instead of the system's.
    package var caFile: String?
    /// A PEM file with the certificate that the client shows; nil for none.
    package var clientCertificate: String?
    /// A PEM file with its private key; nil where the certificate's file holds it.
    package var clientKey: String?
    /// The `User-Agent` to send where no header names one; nil for none.
    package var userAgent: String?
    /// The proxy's URL; nil follows the environment, an empty string goes without one.
    package var proxy: String?
    /// Called before any connection is opened; nil allows all.
    package var gate: TransferGate?

    package init(method: String = "GET", url: String, headers: [Header] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body.map { RequestBody($0) }
    }
}
