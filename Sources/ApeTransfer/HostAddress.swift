import CCurl
import Glibc

/// One address of a name, as text that libcurl reads.
struct HostAddress: Hashable, Sendable {
    enum Family: Sendable {
        case ipv4
        case ipv6
    }

    var family: Family
    /// `10.0.0.7`, or `fd00::7` without brackets.
    var text: String

    /// The addresses that the system's resolver has for a name, without those that hold for one network interface alone.
    static func all(of host: String) -> [HostAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [HostAddress] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = HostAddress(entry), !addresses.contains(address) else { continue }
            addresses.append(address)
        }
        return addresses
    }

    private init?(_ entry: addrinfo) {
        switch entry.ai_family {
        case AF_INET: family = .ipv4
        case AF_INET6: family = .ipv6
        default: return nil
        }
        var bytes = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(
            entry.ai_addr,
            entry.ai_addrlen,
            &bytes,
            socklen_t(bytes.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard code == 0 else { return nil }
        text = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if family == .ipv6, text.contains("%") || Self.isLinkLocal(text.utf8) { return nil }
    }

    /// Whether an IPv6 address, or a text that begins with one, is of one link (fe80::/10).
    static func isLinkLocal(_ text: some Collection<UInt8>) -> Bool {
        UInt16(String(decoding: text.prefix(4), as: UTF8.self), radix: 16).map { $0 & 0xFFC0 == 0xFE80 } ?? false
    }

    init(_ family: Family, _ text: String) {
        self.family = family
        self.text = text
    }

    /// The addresses in the order in which one client tries them: the families as the system prefers them, and within
    /// each the clients take turns by their numbers. So a name's clients spread over all its addresses, and each keeps
    /// to its own.
    static func order(_ addresses: [HostAddress], for client: Int) -> [HostAddress] {
        let families = addresses.reduce(into: [Family]()) { if !$0.contains($1.family) { $0.append($1.family) } }
        return families.flatMap { family in
            let all = addresses.filter { $0.family == family }.sorted { $0.text < $1.text }
            let start = Int(UInt(bitPattern: client) % UInt(all.count))
            return all[start...] + all[..<start]
        }
    }
}
