import Glibc

/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 is the IPv4 address it stands for, so that no rule can
/// be passed by writing an address the other way.
package struct IPAddress: Sendable, Equatable {
    /// 4 or 16, in network order.
    package let octets: [UInt8]

    init(octets: [UInt8]) {
        let mappedPrefix: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        self.octets = octets.count == 16 && octets.starts(with: mappedPrefix) ? Array(octets[12...]) : octets
    }

    /// Parses an address in text; nil for anything else, a host name included.
    init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(octets: withUnsafeBytes(of: four) { Array($0) })
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(octets: withUnsafeBytes(of: six) { Array($0) })
    }
}

extension IPAddress {
    /// Loopback: 127.0.0.0/8 and ::1 (RFC 1122, RFC 4291).
    var isLoopback: Bool {
        octets.count == 4 ? octets[0] == 127 : octets.dropLast().allSatisfy { $0 == 0 } && octets.last == 1
    }

    /// Whether the address means this machine, its own link, or no single host: unspecified and "this network",
    /// loopback, link-local, multicast, broadcast and reserved ones (RFC 6890), and the IPv6 forms of each.
    var isLocal: Bool {
        if octets.count == 4 {
            return [0, 127].contains(octets[0]) || octets[0] >= 224 || octets.starts(with: [169, 254])
        }
        let isLinkLocal = octets[0] == 0xFE && octets[1] & 0xC0 == 0x80
        return octets[..<12].allSatisfy { $0 == 0 } || isLinkLocal || octets[0] == 0xFF
    }
}

/// A range of addresses: the base's first `prefixBits` bits are fixed (RFC 4632).
struct IPNetwork: Sendable, Equatable {
    var base: IPAddress
    var prefixBits: Int
}

extension IPNetwork {
    /// Parses `10.0.0.0/8`, `fd00::/8`, or a single address; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        let width = base.octets.count * 8
        let bits = parts.count == 2 ? Int(parts[1]) : width
        guard let bits, (0...width).contains(bits) else { return nil }
        self.init(base: base, prefixBits: bits)
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.octets.count == base.octets.count else { return false }
        return (0..<base.octets.count).allSatisfy { index in
            let bits = min(8, max(0, prefixBits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            return address.octets[index] & mask == base.octets[index] & mask
        }
    }
}
