/// Where an HTTP service listens: a literal address or `localhost`, and a port.
package struct ListenAddress: Sendable, Equatable {
    /// Without brackets, also for IPv6.
    package var host: String
    /// 0 lets the system choose.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8080`, `localhost:0` or `[::1]:8081`.
    ///
    /// - Throws: ``ApeError`` of code `usage` that shows the text and a form that works.
    package init(_ text: String) throws(ApeError) {
        let failure = ApeError(.usage, "'\(text.prefix(80))' is no address; write HOST:PORT, such as 127.0.0.1:8080")
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw failure
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw failure
        }
        let allowed = host.utf8.allSatisfy { byte in
            byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
        }
        guard !host.isEmpty, allowed else { throw failure }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether only this host can reach it.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && !parts.contains(nil) && parts[0] == 127
    }

    /// The base URL of a service that listens here, without a trailing slash.
    package var url: String {
        "http://" + description
    }
}

extension ListenAddress: CustomStringConvertible {
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
