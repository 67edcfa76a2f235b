/// The answer to a ``TransferRequest``, after its redirects.
package struct TransferResponse: Sendable {
    /// When the phases of the last hop ended, in microseconds since its start; 0 for a phase that did not take place.
    /// A reused connection has none.
    package struct Phases: Sendable, Hashable {
        package var nameLookupMicros: Int64 = 0
        var connectMicros: Int64 = 0
        var tlsMicros: Int64 = 0
    }

    /// The version of HTTP that a connection spoke.
    package enum Version: Sendable, Hashable {
        case http1
        case http2
    }

    package var status: Int
    /// The last answer's headers, trailers included.
    package var headers: TransferHeaders
    /// The decoded body, up to the request's limit; empty where it was passed to a stream's reader.
    package var body: [UInt8]
    /// The length of the decoded body in bytes, kept or not.
    package var bodyBytes: Int
    /// Whether the body is longer than what is kept of it; false where it was passed to a stream's reader.
    package var truncated = false
    /// When the request was handed to the transport, by ``MonotonicClock``; of several hops the first.
    package var startedMicros: Int64
    /// When the first byte of the last hop's answer was received.
    package var firstByteMicros: Int64
    package var endedMicros: Int64
    package var phases = Phases()
    /// Whether any hop sent a `Cookie` header.
    package var sentCookie = false
    /// Whether the last hop reused a connection.
    package var reusedConnection = false
    /// The answers before this one that led elsewhere and were followed, in order, as far as they were kept.
    package var redirectedFrom: [TransferResponse] = []
    /// The URL that answered.
    package var finalURL: String
    package var httpVersion = Version.http1
    /// The server's certificate and its intermediate certificates, where the request asked for them.
    package var certificates: [PeerCertificate] = []

    /// An answer without times: for tests, and as the base of a measured one.
    package init(status: Int, headers: TransferHeaders = TransferHeaders(), body: [UInt8] = [], url: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
        bodyBytes = body.count
        startedMicros = 0
        firstByteMicros = 0
        endedMicros = 0
        finalURL = url
    }

    /// The number of redirects that were followed.
    package var redirects: Int { redirectedFrom.count }

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? {
        headers[name]
    }
}
