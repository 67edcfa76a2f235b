import ApeCore

/// The hosts that a worker may send load to: its operator's word, which neither a coordinator, a scenario nor a
/// redirect can widen.
package struct AllowList: Sendable, Equatable {
    private var rules: [Rule]

    /// This machine only: what a worker allows unless told otherwise.
    package static let loopback = AllowList(rules: [
        .network(IPNetwork(base: .init(octets: [127, 0, 0, 0]), prefixBits: 8)),
        .network(IPNetwork(base: .init(octets: [UInt8](repeating: 0, count: 15) + [1]), prefixBits: 128)),
    ])

    private init(rules: [Rule]) {
        self.rules = rules
    }

    /// Parses the values of `--allow-target`: `host`, `host:port`, `*.example.com`, an address, or a network such as
    /// `10.0.0.0/8`. No value at all means ``loopback``.
    ///
    /// - Throws: ``ApeError`` of code `usage` that names the value and the forms.
    package init(parsing texts: [String]) throws(ApeError) {
        guard !texts.isEmpty else {
            self = .loopback
            return
        }
        rules = []
        for text in texts { rules.append(try Rule(parsing: text)) }
    }

    /// Whether a connection to `host`, resolved to `address`, may be made.
    ///
    /// A rule with a name covers whatever that name resolves to, except addresses that mean this machine or its own
    /// link: whoever answers for a name's DNS could otherwise turn a worker against its own host, or against a cloud's
    /// metadata service. Those need a rule with an address or a network; only `localhost` names them itself.
    ///
    /// - Parameters:
    ///   - host: the name or address as the URL has it, without brackets.
    ///   - port: the connection's port.
    ///   - address: what it resolved to; nil when a proxy resolves it, so that only names can be judged.
    /// - Returns: false where no rule covers it.
    package func allows(host: String, port: Int, address: IPAddress?) -> Bool {
        var name = host.lowercased()[...]
        // `example.com.` is the same name, written out in full.
        if name.hasSuffix(".") { name.removeLast() }
        let literal = IPAddress(host)
        let isCoveredByName = address.map { !$0.isLocal || name == "localhost" && $0.isLoopback } ?? true
        return rules.contains { rule in
            switch rule {
            case .host(let allowed, let onlyPort):
                isCoveredByName && name == allowed && (onlyPort == nil || onlyPort == port)
            case .subdomains(let suffix):
                isCoveredByName && name.hasSuffix(suffix) && name.count > suffix.count
            case .network(let network):
                (address ?? literal).map(network.contains) ?? false
            case .endpoint(let network, let onlyPort):
                onlyPort == port && ((address ?? literal).map(network.contains) ?? false)
            }
        }
    }
}

extension AllowList {
    private enum Rule: Sendable, Equatable {
        case host(String, port: Int?)
        /// Holds the suffix with its leading dot.
        case subdomains(String)
        case network(IPNetwork)
        case endpoint(IPNetwork, port: Int)

        init(parsing text: String) throws(ApeError) {
            let wrong = ApeError(
                .usage,
                "--allow-target \"\(text)\" is none of: host, host:port, *.example.com, 10.0.0.5, 10.0.0.0/8, [::1]:8080"
            )
            if let network = IPNetwork(text) {
                self = .network(network)
                return
            }
            if text.hasPrefix("*.") {
                let suffix = String(text.dropFirst()).lowercased()
                guard HostPort.isName(suffix.dropFirst()) else { throw wrong }
                self = .subdomains(suffix)
                return
            }
            guard let (host, port) = HostPort.split(text[...]) else { throw wrong }
            if let address = IPNetwork(String(host)) {
                self = port.map { .endpoint(address, port: $0) } ?? .network(address)
            } else {
                guard HostPort.isName(host) else { throw wrong }
                self = .host(host.lowercased(), port: port)
            }
        }
    }
}
