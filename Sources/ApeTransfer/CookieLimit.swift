/// The limits beyond which libcurl drops cookies without a word.
enum CookieLimit {
    /// A cookie's name and value together, in bytes, as in browsers.
    static let cookieBytes = 4096
    /// A `Set-Cookie` value with its attributes, in bytes.
    static let lineBytes = 5000
    /// All cookies of one request, in bytes. Browsers send more.
    static let requestBytes = 8190
    /// How libcurl's word begins when a request's cookies are too long.
    private static let unsent = "Restricted outgoing cookies due to header size, '"

    /// What is wrong with a cookie that a server sets; nil where it is kept.
    ///
    /// - Parameter line: the header line, `Set-Cookie: ` included.
    /// - Returns: a sentence about it.
    static func trouble(setting line: UnsafeRawBufferPointer) -> String? {
        guard line.count > cookieBytes else { return nil }
        let value = line.drop { $0 != UInt8(ascii: ":") }.dropFirst()
            .drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let pair = value.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        guard pair.count - 1 > cookieBytes || value.count > lineBytes else { return nil }
        let name = pair.prefix { $0 != UInt8(ascii: "=") }.prefix(64)
        return "the cookie \(String(decoding: name, as: UTF8.self)) has \(pair.count) bytes and was not kept: "
            + "\(cookieBytes) are the most that it may have"
    }

    /// What libcurl says of a cookie that a request left out; nil for its other words.
    static func trouble(telling text: UnsafeRawBufferPointer) -> String? {
        guard text.starts(with: unsent.utf8) else { return nil }
        let name = text.dropFirst(unsent.utf8.count).prefix { $0 != UInt8(ascii: "'") }.prefix(64)
        return
            "the cookie \(String(decoding: name, as: UTF8.self)) was not sent: \(requestBytes) bytes are the most that "
            + "all cookies of one request may have"
    }
}
