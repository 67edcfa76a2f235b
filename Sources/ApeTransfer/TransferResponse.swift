/// The answer to a ``TransferRequest``, after its redirects.
package struct TransferResponse: Sendable {
    /// When the phases of the last hop ended, in microseconds since its start; 0 for a phase that did not take place,
    /// as on a connection that was kept alive.
    package struct Phases: Sendable, Hashable {
        package var nameLookupMicros: Int64 = 0
        package var connectMicros: Int64 = 0
        package var tlsMicros: Int64 = 0
        /// The request was about to be sent.
        package var pretransferMicros: Int64 = 0

        package init() {}
    }

    /// What a connection spoke.
    package enum Version: Sendable, Hashable {
        case http1
        case http2
    }

    package var status: Int
    /// The last answer's headers, trailers included.
    package var headers: TransferHeaders
    /// The decoded body, up to the request's limit; empty where a stream's reader was given it.
    package var body: [UInt8]
    /// Length of the decoded body in bytes, kept or not.
    package var bodyBytes: Int
    /// Whether the body was longer than what is kept of it; never for what a stream's reader was given.
    package var truncated = false
    /// When the request was handed to the transport, by ``MonotonicClock``; the first hop's, where there were several.
    package var startedMicros: Int64
    /// When the last hop's first byte came.
    package var firstByteMicros: Int64
    package var endedMicros: Int64
    package var phases = Phases()
    /// Whether a `Cookie` header went out, in any hop.
    package var sentCookie = false
    /// Whether the last hop found a kept-alive connection.
    package var reusedConnection = false
    /// Redirects that were followed.
    package var redirects = 0
    /// The URL that answered.
    package var finalURL: String
    package var httpVersion = Version.http1
    /// The server's certificate and those between it and its authority, where the request wanted them.
    package var certificates: [PeerCertificate] = []

    /// An answer that came in no time: for tests, and the base of one that did.
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

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? {
        headers[name]
    }
}

/// What the reader of a stream wants next.
package enum StreamAction: Sendable {
    case `continue`
    /// The reader has what it came for: the transfer counts as successful without waiting for the rest.
    case finish
}
