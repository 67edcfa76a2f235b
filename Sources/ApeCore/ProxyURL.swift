/// A proxy as a scenario or a flag names it. Its user and password are not part of it, since both are kept and shown.
package struct ProxyURL: Sendable, Equatable {
    /// As it was written, without a path.
    package let text: String

    private static let schemes: Set = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

    /// Reads `http://10.0.0.9:3128`, `socks5h://proxy:1080` or `proxy:3128`.
    ///
    /// - Throws: ``ApeError`` of code `scenario` that says what is wrong, without repeating credentials.
    package init(_ text: String) throws(ApeError) {
        func failure(_ reason: String) -> ApeError {
            ApeError(.scenario, "must be a proxy's URL such as http://10.0.0.9:3128: \(reason)")
        }
        guard text.utf8.count <= 2048 else { throw failure("it is longer than 2048 bytes") }
        let schemeEnd = text.firstRange(of: "://")
        let scheme = schemeEnd.map { text[..<$0.lowerBound].lowercased() }
        guard scheme.map(Self.schemes.contains) ?? true else {
            throw failure("its scheme is none of \(Self.schemes.sorted().joined(separator: ", "))")
        }
        let authority = text[(schemeEnd?.upperBound ?? text.startIndex)...].prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw failure(
                "user and password do not belong in it; name the proxy with them in http_proxy and https_proxy of the "
                    + "workers' environment instead"
            )
        }
        guard let (host, port) = HostPort.split(authority), HostPort.isHost(host), port != 0 else {
            throw failure("its host or port is wrong")
        }
        self.text = String(text[..<authority.endIndex])
    }
}
