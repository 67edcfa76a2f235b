/// Whose connections count together: one IPv4 address, or one IPv6 network of 64 bits, which is what one host is given.
enum PeerNetwork {
    /// The network of a peer that is written `address:port` or `[address]:port`; another text stands for itself.
    static func of(_ peer: String) -> String {
        guard peer.first == "[", let close = peer.firstIndex(of: "]") else {
            return peer.lastIndex(of: ":").map { String(peer[..<$0]) } ?? peer
        }
        let address = peer[peer.index(after: peer.startIndex)..<close].prefix { $0 != "%" }
        // An IPv4 address that came in by a socket for both.
        if address.contains(".") { return address.split(separator: ":").last.map(String.init) ?? String(address) }
        return groups(of: address).prefix(4).joined(separator: ":") + "::/64"
    }

    /// The eight groups of an IPv6 address; fewer where it is none.
    private static func groups(of address: Substring) -> [String] {
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.split(separator: ":").map { $0.drop { $0 == "0" }.lowercased() } }
        guard halves.count == 2 else { return halves.first ?? [] }
        let zeroes = [String](repeating: "", count: max(0, 8 - halves[0].count - halves[1].count))
        return halves[0] + zeroes + halves[1]
    }
}
