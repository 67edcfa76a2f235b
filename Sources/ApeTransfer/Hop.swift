/// One request on the wire: a ``TransferRequest``, or what one of its redirects made of it.
struct Hop {
    let request: TransferRequest
    /// The proxy's URL; empty for none.
    let proxy: String
    let startedMicros = MonotonicClock.nowMicros
    let totalDeadline: Int64
    let onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    /// What waiting for the name's addresses took.
    var lookupMicros: Int64 = 0
    /// The name's addresses as libcurl takes them; nil where it knows them, or looks them up itself.
    var addresses: String?
    /// How it went out before, over a connection that ended; it goes over a new one then. Nil the first time.
    var earlier: ConnectionUse?
    /// Whether libcurl has to say when it sends the request again because the server refused it.
    var tellsRefusals = false

    /// Until when the connection has to be there.
    var connectDeadline: Int64 {
        min(totalDeadline, startedMicros + TransferRequest.bounded(request.connectTimeoutMicros))
    }

    /// What is left to connect after the lookup.
    var connectTimeoutMillis: Int {
        Int(max(1, (TransferRequest.bounded(request.connectTimeoutMicros) - lookupMicros) / 1_000))
    }
}
