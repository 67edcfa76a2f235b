/// The answer to a ``TransferRequest``, after its redirects.
package struct TransferResponse: Sendable {
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
    /// How the last hop got its connection.
    package var connection = ConnectionUse()
    /// When the kept parts of a body came that is a stream of events (`text/event-stream`, NDJSON); empty for others.
    package var arrivals: [BodyArrival] = []
    /// Whether the body is a stream of events.
    package var isStream = false
    /// Whether the body went on when it had been listened to for as long as the request says.
    package var wasListenedTo = false
    /// Whether any hop sent a `Cookie` header.
    package var sentCookie = false
    /// The answers before this one that led elsewhere and were followed, in order, as far as they were kept.
    package var redirectedFrom: [TransferResponse] = []
    /// Why a cookie of any hop was not sent or not kept, in words; nil where none was dropped.
    package var cookieTrouble: String?
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

    var isRedirect: Bool {
        [301, 302, 303, 307, 308].contains(status)
    }

    /// The number of redirects that were followed.
    package var redirects: Int { redirectedFrom.count }

    /// Whether the last hop went over a connection that was open already.
    package var reusedConnection: Bool { connection.opened == 0 && connection.reused > 0 }

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? {
        headers[name]
    }
}
