extension TransferRequest {
    /// The longest URL, in bytes.
    static let urlLimit = 64 << 10
    /// The most bytes of all header names and values together.
    static let headerLimit = 256 << 10
    /// The longest time limit, in microseconds: a day. Longer ones count as this.
    static let timeoutLimitMicros: Int64 = 86_400_000_000

    /// A time limit between 0 and ``timeoutLimitMicros``, so that adding it to a time stamp cannot overflow.
    static func bounded(_ timeoutMicros: Int64) -> Int64 {
        min(max(0, timeoutMicros), timeoutLimitMicros)
    }

    /// Checks that no byte of the request changes its meaning on the wire, and that its URL is an HTTP URL.
    ///
    /// - Throws: ``TransferError`` that says what is wrong.
    func check() throws(TransferError) {
        guard hasHTTPScheme else {
            throw TransferError(.invalidURL, "the URL has to start with http:// or https://")
        }
        guard url.hasOnly({ $0 > 0x20 && $0 != 0x7F }) else {
            throw TransferError(.invalidURL, "the URL holds a space or a control character; write it as %20")
        }
        guard url.utf8.count <= Self.urlLimit else {
            throw TransferError(.invalidURL, "the URL is longer than \(Self.urlLimit >> 10) KiB")
        }
        guard headers.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) <= Self.headerLimit else {
            throw TransferError(.invalidRequest, "the headers are longer than \(Self.headerLimit >> 10) KiB")
        }
        guard Self.isToken(method) else {
            throw TransferError(.invalidRequest, "the method is not a word that HTTP allows")
        }
        guard method != "HEAD" || body == nil else {
            throw TransferError(.invalidRequest, "a HEAD request has no body")
        }
        for header in headers {
            guard Self.isToken(header.name) else {
                throw TransferError(.invalidRequest, "a header's name holds a byte that HTTP does not allow")
            }
            guard header.value.hasOnly({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw TransferError(.invalidRequest, "the value of header \(header.name) holds a control character")
            }
        }
    }

    private var hasHTTPScheme: Bool {
        let start = String(decoding: url.utf8.prefix(8), as: UTF8.self).lowercased()
        return start.hasPrefix("http://") || start == "https://"
    }

    /// Whether the text is a `token` of RFC 9110, section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.hasOnly { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// The request that follows a redirect to `target`, by RFC 9110, section 15.4.
    func redirected(status: Int, from origin: URLParts, to target: URLParts) -> TransferRequest {
        var next = self
        next.url = target.text
        let becomesGet = status == 303 ? method != "HEAD" : [301, 302].contains(status) && method == "POST"
        if becomesGet {
            next.method = "GET"
            next.body = nil
            next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
        }
        if !origin.hasSameOrigin(as: target) {
            // Credentials are for one server only.
            let secrets = ["authorization", "cookie", "proxy-authorization"]
            next.headers.removeAll { secrets.contains($0.name.lowercased()) }
        }
        return next
    }
}

extension String {
    /// Whether every byte is one of those. Each text of each request is looked through: the library's own search takes
    /// three times as long.
    fileprivate func hasOnly(_ isAllowed: (UInt8) -> Bool) -> Bool {
        let bytes = utf8.span
        for index in bytes.indices where !isAllowed(bytes[index]) { return false }
        return true
    }
}
