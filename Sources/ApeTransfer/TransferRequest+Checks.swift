extension TransferRequest {
    /// Longest URL, in bytes.
    static let urlLimit = 64 << 10
    /// Longest head, names and values together, in bytes.
    static let headerLimit = 256 << 10
    /// What a longer time limit counts as: a day, in microseconds.
    static let timeoutLimitMicros: Int64 = 86_400_000_000

    /// A time limit that can be added to any time stamp.
    static func bounded(_ timeoutMicros: Int64) -> Int64 {
        min(max(0, timeoutMicros), timeoutLimitMicros)
    }

    /// Throws when a byte of the request would change its meaning on the wire, or its URL is not one of HTTP.
    func check() throws(TransferError) {
        guard hasHTTPScheme else {
            throw TransferError(.invalidURL, "the URL has to start with http:// or https://")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
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
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw TransferError(.invalidRequest, "the value of header \(header.name) holds a control character")
            }
        }
    }

    private var hasHTTPScheme: Bool {
        let start = url.prefix(8).lowercased()
        return start.hasPrefix("http://") || start == "https://"
    }

    /// Whether the text is a `token` of RFC 9110, section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
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
            // What proves the user to one server is no other's business.
            let secrets = ["authorization", "cookie", "proxy-authorization"]
            next.headers.removeAll { secrets.contains($0.name.lowercased()) }
        }
        return next
    }
}
