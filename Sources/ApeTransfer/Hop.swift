/// One request on the wire: a ``TransferRequest``, or what one of its redirects made of it, and what comes of it.
///
/// It is handed on by reference: a request and an answer hold much that would cost time to copy, and room in the frame of
/// each function that waits.
final class Hop {
    let request: TransferRequest
    /// The proxy's URL; empty for none.
    let proxy: String
    let startedMicros = MonotonicClock.nowMicros
    let totalDeadline: Int64
    let onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    /// The name whose addresses are needed, and are not left to libcurl.
    let name: HostName?
    /// What waiting for the name's addresses took.
    var lookupMicros: Int64 = 0
    /// What is known of ``name``.
    var lookup: NameLookups.Answer?
    /// The name's addresses as libcurl takes them; nil where it knows them, or looks them up itself.
    var addresses: String?
    /// How it went out before, over a connection that ended; it goes over a new one then. Nil the first time.
    var earlier: ConnectionUse?
    /// Whether libcurl has to say when it sends the request again because the server refused it.
    var tellsRefusals = false
    /// How it ended.
    private var outcome: Result<TransferResponse, TransferError>?
    /// Whether its answer came over HTTP/2; nil where it has none.
    private(set) var wasHTTP2: Bool?
    /// Whether its answer leads elsewhere, where that is to be followed.
    private(set) var leadsOn = false

    init(
        request: TransferRequest,
        proxy: String = "",
        totalDeadline: Int64 = 0,
        onBytes: ((UnsafeRawBufferPointer) -> StreamAction)? = nil
    ) {
        self.request = request
        self.proxy = proxy
        self.totalDeadline = totalDeadline
        self.onBytes = onBytes
        name = proxy.isEmpty ? HostName(url: request.url) : HostName(proxy: proxy)
    }

    func end(_ outcome: Result<TransferResponse, TransferError>) {
        if case .success(let response) = outcome {
            wasHTTP2 = response.httpVersion == .http2
            leadsOn = response.isRedirect && request.maxRedirects > 0
        }
        self.outcome = outcome
    }

    /// Whether it is to go out once more: its connection ended before an answer, and that is safe.
    @inline(never) func mayRepeat() -> Bool {
        guard case .failure(let error)? = outcome, error.isUnanswered, RepeatRule.isIdempotent(request.method) else {
            return false
        }
        earlier = error.connection
        return true
    }

    /// Its answer, which is handed over: it is long, and would be copied.
    @inline(never) func takeResponse() throws(TransferError) -> TransferResponse {
        switch outcome.take() {
        case nil: throw TransferError(.cancelled, "the request has not ended")
        case .success(let response): return response
        case .failure(let error): throw error
        }
    }

    /// Whether TLS is spoken with the server or with the proxy.
    var isEncrypted: Bool { HostName.isSecure(request.url) || HostName.isSecure(proxy) }

    /// Whether it connects to an IPv6 address of one link (fe80::/10).
    var isToLinkLocalAddress: Bool {
        let url = proxy.isEmpty ? request.url : proxy
        // Few URLs have a bracket at all.
        let hasBracket = url.utf8.withContiguousStorageIfAvailable { $0.contains(UInt8(ascii: "[")) }
        guard hasBracket ?? true else { return false }
        let authority = HostName.authority(of: url)
        guard let bracket = authority.firstIndex(of: UInt8(ascii: "[")) else { return false }
        return HostAddress.isLinkLocal(authority[bracket...].dropFirst())
    }

    /// Until when the connection has to be there.
    var connectDeadline: Int64 {
        min(totalDeadline, startedMicros + TransferRequest.bounded(request.connectTimeoutMicros))
    }

    /// What is left to connect after the lookup.
    var connectTimeoutMillis: Int {
        Int(max(1, (TransferRequest.bounded(request.connectTimeoutMicros) - lookupMicros) / 1_000))
    }
}
