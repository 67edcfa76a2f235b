/// One request on the wire: a ``TransferRequest``, or what one of its redirects made of it.
///
/// It is handed on by reference: a request holds many texts, which cost time to copy.
final class Hop {
    let request: TransferRequest
    /// The proxy's URL; empty for none.
    let proxy: String
    let startedMicros = MonotonicClock.nowMicros
    let totalDeadline: Int64
    let onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    /// What waiting for the name's addresses took.
    var lookupMicros: Int64 = 0
    /// What is known of the name that it connects to; nil where it is none that is looked up here.
    var lookup: (name: HostName, answer: NameLookups.Answer)?
    /// The name's addresses as libcurl takes them; nil where it knows them, or looks them up itself.
    var addresses: String?
    /// How it went out before, over a connection that ended; it goes over a new one then. Nil the first time.
    var earlier: ConnectionUse?
    /// Whether libcurl has to say when it sends the request again because the server refused it.
    var tellsRefusals = false

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
    }

    /// Whether TLS is spoken with the server or with the proxy.
    var isEncrypted: Bool { HostName.isSecure(request.url) || HostName.isSecure(proxy) }

    /// Whether it connects to an IPv6 address of one link (fe80::/10).
    var isToLinkLocalAddress: Bool {
        let authority = HostName.authority(of: proxy.isEmpty ? request.url : proxy)
        guard let bracket = authority.firstIndex(of: UInt8(ascii: "[")) else { return false }
        return HostAddress.isLinkLocal(authority[bracket...].dropFirst())
    }

    /// The name whose addresses are needed, and are not left to libcurl.
    var lookedUpName: HostName? { proxy.isEmpty ? HostName(url: request.url) : HostName(proxy: proxy) }

    /// Until when the connection has to be there.
    var connectDeadline: Int64 {
        min(totalDeadline, startedMicros + TransferRequest.bounded(request.connectTimeoutMicros))
    }

    /// What is left to connect after the lookup.
    var connectTimeoutMillis: Int {
        Int(max(1, (TransferRequest.bounded(request.connectTimeoutMicros) - lookupMicros) / 1_000))
    }
}
