import Glibc

/// The proxies that the environment names, read as libcurl reads it: `http_proxy` in lower case only (a CGI program's
/// HTTP_PROXY is the client's header), the others in either case.
///
/// They are applied here rather than in libcurl, so that APE knows whether a proxy is used. Then a gate must check the
/// name, because the address is the proxy's.
struct ProxyRules: Sendable, Hashable {
    /// By the scheme of the request's URL.
    private var proxies: [String: String] = [:]
    private var exceptions: [String] = []

    /// The rules of the process's environment.
    static let ofProcess = ProxyRules { name in getenv(name).map { String(cString: $0) } }

    init(environment: (String) -> String?) {
        let everything = environment("all_proxy") ?? environment("ALL_PROXY")
        proxies["http"] = environment("http_proxy") ?? everything
        proxies["https"] = environment("https_proxy") ?? environment("HTTPS_PROXY") ?? everything
        proxies = proxies.filter { !$0.value.isEmpty }
        let list = environment("no_proxy") ?? environment("NO_PROXY") ?? ""
        exceptions = list.lowercased().split { $0 == "," || $0 == " " }.map(String.init)
    }

    /// Whether no proxy is named at all.
    var isEmpty: Bool {
        proxies.isEmpty
    }

    /// The proxy for a URL; empty for none.
    func proxy(for url: URLParts) -> String {
        guard let proxy = proxies[url.scheme] else { return "" }
        let host = url.host.lowercased()
        return exceptions.contains { Self.covers($0, host) } ? "" : proxy
    }

    private static func covers(_ exception: String, _ host: String) -> Bool {
        if exception == "*" { return true }
        if let bytes = addressBytes(host) {
            let parts = exception.split(separator: "/", maxSplits: 1)
            guard let network = parts.first.flatMap({ addressBytes(String($0)) }), network.count == bytes.count else {
                return false
            }
            let bits = parts.count == 2 ? Int(parts[1]) ?? -1 : bytes.count * 8
            return (0...bytes.count * 8).contains(bits) && samePrefix(network, bytes, bits: bits)
        }
        let name = exception.drop { $0 == "." }
        return !name.isEmpty && (host == name || host.hasSuffix("." + name))
    }

    /// The bytes of an IPv4 or IPv6 address, IPv6 with or without brackets; nil for a name.
    private static func addressBytes(_ text: String) -> [UInt8]? {
        let text = text.hasPrefix("[") ? String(text.dropFirst().prefix { $0 != "]" }) : text
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    private static func samePrefix(_ one: [UInt8], _ other: [UInt8], bits: Int) -> Bool {
        (0..<bits).allSatisfy { (one[$0 / 8] ^ other[$0 / 8]) & (0x80 >> ($0 % 8)) == 0 }
    }
}
