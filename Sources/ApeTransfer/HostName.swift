/// A name, and the port at it, that a request's connection is opened to.
struct HostName: Hashable {
    /// In lower case.
    var name: String
    var port: Int

    /// The host of an `http` or `https` URL; nil for an address, for `localhost`, which libcurl knows, and where the URL
    /// has a form that libcurl had better read itself.
    init?(url: String) {
        let authority = Self.authority(of: url)
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        guard let last = host.last, Self.isNameByte(last), !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last),
            authority.allSatisfy({ Self.isNameByte($0) || $0 == UInt8(ascii: ":") })
        else { return nil }
        let port = authority.dropFirst(host.count + 1)
        guard let number = port.isEmpty ? (Self.isSecure(url) ? 443 : 80) : Int(Substring(port)) else { return nil }
        self.init(String(Substring(host)), port: number)
    }

    /// The host of a proxy's URL; nil as for a URL.
    init?(proxy: String) {
        guard let address = ProxyAddress(proxy), let last = address.host.utf8.last, !address.host.contains(":"),
            !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last)
        else { return nil }
        self.init(address.host, port: address.port)
    }

    private init?(_ host: String, port: Int) {
        name = host.lowercased()
        self.port = port
        if name == "localhost" || name.hasSuffix(".localhost") { return nil }
    }

    /// Whether a URL, whose scheme is `http` or `https` in any case, is of the second.
    static func isSecure(_ url: String) -> Bool {
        url.utf8.dropFirst(4).first.map { $0 | 0x20 == UInt8(ascii: "s") } ?? false
    }

    /// The host of such a URL with all that stands beside it before the path.
    static func authority(of url: String) -> Substring.UTF8View {
        url.utf8.dropFirst(isSecure(url) ? 8 : 7)
            .prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    }

    /// A letter, a digit, `-`, `_` or `.`.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
