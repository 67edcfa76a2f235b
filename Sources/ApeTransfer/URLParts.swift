import CCurl

/// The parts of an `http` or `https` URL as libcurl reads them, so that the host that is checked is the host that is
/// connected to.
package struct URLParts: Hashable, Sendable {
    var scheme: String
    /// As written in the URL, IPv6 without its brackets.
    var host: String
    var port: Int
    /// The absolute URL.
    package var text: String

    /// Reads an absolute URL, or one relative to `base`; nil when it is neither http nor https, or malformed.
    package init?(_ text: String, relativeTo base: String? = nil) {
        guard let url = curl_url() else { return nil }
        defer { curl_url_cleanup(url) }
        // Spaces in a redirect are encoded, as browsers do. A URL from a request must be valid.
        if let base {
            guard curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK else { return nil }
        }
        let flags = base == nil ? 0 : UInt32(CURLU_URLENCODE)
        guard curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK else { return nil }
        guard let scheme = Self.part(url, CURLUPART_SCHEME)?.lowercased(), ["http", "https"].contains(scheme),
            let host = Self.part(url, CURLUPART_HOST), !host.isEmpty,
            let port = Self.part(url, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
            let whole = Self.part(url, CURLUPART_URL)
        else { return nil }
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        self.text = whole
    }

    /// `host:port`, with the brackets that IPv6 needs.
    var origin: String { Self.origin(host, port) }

    /// The same of any host, IPv6 without its brackets.
    static func origin(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether a request to `other` goes to the same server by the same protocol.
    package func hasSameOrigin(as other: URLParts) -> Bool {
        scheme == other.scheme && port == other.port && host.lowercased() == other.host.lowercased()
    }

    private static func part(_ url: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
