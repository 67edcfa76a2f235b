/// Where a target or an inference endpoint is reached: scheme, host, port and an optional path prefix.
package struct BaseURL: Sendable, Equatable {
    package var isSecure: Bool
    /// In lower case, without the brackets of an IPv6 address.
    package var host: String
    /// The one that is written, else the scheme's.
    package var port: Int
    /// Empty, or `/` and more, without a trailing slash.
    package var path: String
    /// As it was written, without a trailing slash.
    package var text: String

    /// - Throws: ``ApeError`` of code `scenario` that says what is wrong, without repeating credentials.
    package init(_ text: String) throws(ApeError) {
        func failure(_ reason: String) -> ApeError {
            ApeError(.scenario, "must be a URL such as http://127.0.0.1:8080: \(reason)")
        }
        guard text.utf8.count <= 2048 else { throw failure("it is longer than 2048 bytes") }
        guard let schemeEnd = text.firstRange(of: "://") else { throw failure("it starts with http:// or https://") }
        switch text[..<schemeEnd.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw failure("it starts with http:// or https://")
        }
        let rest = text[schemeEnd.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw failure("user and password do not belong in it; send them in a header")
        }
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else {
            throw failure("it holds characters that a URL cannot hold")
        }
        guard !rest.contains("?"), !rest.contains("#") else { throw failure("it has no query and no fragment") }
        guard let (host, port) = HostPort.split(authority), HostPort.isHost(host), !host.contains("%"), port != 0 else {
            throw failure("its host or port is wrong")
        }
        self.host = host.lowercased()
        self.port = port ?? (isSecure ? 443 : 80)
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path.removeLast() }
        self.path = String(path)
        self.text = String(text[..<authority.endIndex]) + path
    }
}
