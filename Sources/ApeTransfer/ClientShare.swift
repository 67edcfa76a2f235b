import CCurl

/// What the transfers of one client have in common and share with no other: cookies, TLS sessions, the addresses of
/// names and, unless the client takes them from a pool, the connections.
///
/// It is freed with the last reference: the client's, or that of the last transfer. That closes its connections, so it
/// has to happen on the reactor's thread while the reactor runs.
final class ClientShare {
    let handle: UnsafeMutableRawPointer
    /// Whether a server has set a cookie. Until then no request can carry one.
    var hasReceivedCookie = false
    /// Whether the next transfer begins without the cookies of those before it.
    var isToForgetCookies = false
    /// The lookup of each `host:port` whose addresses were handed to libcurl.
    private var lookups: [String: Int] = [:]

    /// - Parameter ownsConnections: whether no other client uses its connections.
    init(ownsConnections: Bool) {
        _ = CurlGlobal.ready
        guard let handle = curl_share_init() else {
            preconditionFailure("no memory for what a client's transfers share")
        }
        self.handle = handle
        var kinds = [CURL_LOCK_DATA_COOKIE, CURL_LOCK_DATA_DNS]
        if ownsConnections { kinds += [CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_SSL_SESSION] }
        for kind in kinds {
            let code = ape_share(handle, kind)
            precondition(code == CURLSHE_OK, "libcurl was built without cookies or without TLS")
        }
    }

    deinit {
        let code = curl_share_cleanup(handle)
        precondition(code == CURLSHE_OK, "a client's share was freed under a transfer")
    }

    /// The addresses of a name in the client's own order, as `CURLOPT_RESOLVE` takes them; nil where libcurl has them.
    func entry(for name: HostName, _ answer: NameLookups.Answer, client: Int) -> String? {
        let key = "\(name.name):\(name.port)"
        guard !answer.addresses.isEmpty, lookups.updateValue(answer.number, forKey: key) != answer.number else {
            return nil
        }
        let addresses = HostAddress.order(answer.addresses, for: client)
        return key + ":" + addresses.map { $0.family == .ipv6 ? "[\($0.text)]" : $0.text }.joined(separator: ",")
    }

    func forgetCookies() {
        hasReceivedCookie = false
        isToForgetCookies = true
    }
}
