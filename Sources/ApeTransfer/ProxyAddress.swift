import CCurl

/// A proxy's host and port, read from its URL as libcurl reads it: with or without a scheme, a user and a path.
package struct ProxyAddress: Hashable, Sendable {
    /// As written, in lower case, IPv6 without its brackets.
    package var host: String
    package var port: Int

    /// Reads a proxy's URL, such as `http://10.0.0.9:3128`, `socks5://proxy` or `proxy:3128`; nil where libcurl cannot
    /// read it.
    package init?(_ text: String) {
        guard let url = curl_url() else { return nil }
        defer { curl_url_cleanup(url) }
        let flags = UInt32(CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK,
            let host = Self.part(url, CURLUPART_HOST)?.lowercased(), !host.isEmpty
        else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        // libcurl's default ports for proxies: 443 over TLS, else 1080.
        let isSecure = Self.part(url, CURLUPART_SCHEME)?.lowercased() == "https"
        port = Self.part(url, CURLUPART_PORT).flatMap { Int($0) } ?? (isSecure ? 443 : 1080)
    }

    /// `host:port`, with the brackets that IPv6 needs.
    var origin: String { URLParts.origin(host, port) }

    private static func part(_ url: OpaquePointer, _ part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
