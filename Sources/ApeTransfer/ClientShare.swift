import CCurl

/// What the transfers of one client have in common and share with no other: cookies, TLS sessions, the order of a name's
/// addresses and, unless the client takes them from a pool, the connections.
///
/// It is freed with the last reference: the client's, or that of the last transfer. That closes the connections of a
/// session, so it has to happen on the reactor's thread while the reactor runs.
final class ClientShare {
    let handle: UnsafeMutableRawPointer
    /// Tells the client's connections from those of others in the same shard; 0 where it has none there of its own.
    let owner: UInt32
    /// Whether a server has set a cookie. Until then no request can carry one.
    var hasReceivedCookie = false
    /// Whether the next transfer begins without the cookies of those before it.
    var isToForgetCookies = false
    private let policy: ConnectionPolicy
    private var hasTLSSessions = false
    /// Whether it keeps the addresses of names itself; else it has those of its shard.
    private var hasAddresses = false
    /// The lookup of each `host:port` whose addresses were handed to libcurl.
    private var lookups: [String: Int] = [:]
    /// The sockets that were opened for ``owner``. Those that were closed since are found out when the next is opened.
    private var sockets: [Int32] = []

    /// - Parameters:
    ///   - policy: who uses the client's connections. Those of a session are closed with the share.
    ///   - owner: a number that no other share of the reactor has; not 0.
    init(_ policy: ConnectionPolicy, owner: UInt32) {
        _ = CurlGlobal.ready
        guard let handle = curl_share_init() else {
            preconditionFailure("no memory for what a client's transfers share")
        }
        self.handle = handle
        self.policy = policy
        self.owner = policy == .client ? owner : 0
        share(CURL_LOCK_DATA_COOKIE)
        if policy == .session { share(CURL_LOCK_DATA_CONNECT) }
    }

    deinit {
        let code = curl_share_cleanup(handle)
        precondition(code == CURLSHE_OK, "a client's share was freed under a transfer")
    }

    @discardableResult
    private func share(_ kind: curl_lock_data) -> Bool {
        let code = ape_share(handle, kind)
        precondition(code == CURLSHE_OK || code == CURLSHE_IN_USE, "libcurl was built without cookies or without TLS")
        return code == CURLSHE_OK
    }

    /// Whether an encrypted transfer may keep its TLS session for the client's next ones: not the first one while another
    /// is running. The room for the sessions is large, and a client may need none.
    func keepsTLSSessions() -> Bool {
        if policy != .shared, !hasTLSSessions { hasTLSSessions = share(CURL_LOCK_DATA_SSL_SESSION) }
        return policy == .shared || hasTLSSessions
    }

    /// The addresses of a name in the client's own order, as `CURLOPT_RESOLVE` takes them; nil where libcurl has them.
    func entry(for name: HostName, _ answer: NameLookups.Answer, client: Int) -> String? {
        let key = "\(name.name):\(name.port)"
        if answer.addresses.count > 1 { keepAddresses() }
        guard !answer.addresses.isEmpty, lookups.updateValue(answer.number, forKey: key) != answer.number else {
            return nil
        }
        let addresses = HostAddress.order(answer.addresses, for: client)
        return key + ":" + addresses.map { $0.family == .ipv6 ? "[\($0.text)]" : $0.text }.joined(separator: ",")
    }

    /// Makes room for addresses in an order of its own, which only a name with several needs. Where another transfer is
    /// running it is made later, and until then the order is another client's.
    private func keepAddresses() {
        guard !hasAddresses, share(CURL_LOCK_DATA_DNS) else { return }
        hasAddresses = true
        lookups = [:]
    }

    func forgetCookies() {
        hasReceivedCookie = false
        isToForgetCookies = true
    }

    /// Notes a new socket of the client's own.
    func opened(_ descriptor: Int32, in poller: Poller) {
        poller.opened(descriptor, owner: owner)
        guard owner != 0 else { return }
        sockets.removeAll { $0 == descriptor || !poller.isOpen($0, owner: owner) }
        sockets.append(descriptor)
    }

    /// Makes libcurl find the end of the client's connections. It looks for ended ones once a second, with the next
    /// request in their shard, and closes them as it closes all: with the last words of TLS.
    func leave(_ poller: Poller) {
        for descriptor in sockets where poller.isOpen(descriptor, owner: owner) { poller.endReading(descriptor) }
    }
}
