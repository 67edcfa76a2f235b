/// A host and a port, written `host:port`, with brackets around an IPv6 address.
package struct HostPort: Sendable, Hashable {
    /// The port that a coordinator listens on for workers unless told otherwise.
    static let coordinatorPort = 9464

    /// A name or a literal address, without brackets.
    package var host: String
    /// 0 lets the system choose one to listen on.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8080`, `localhost:0` or `[::1]:8081`.
    ///
    /// - Parameters:
    ///   - text: what the user wrote.
    ///   - usualPort: the port of a text without one. Where it is given the host may be left out too: `:9464` stands
    ///     for every interface.
    /// - Throws: ``ApeError`` of code `usage` that shows the text and a form that works.
    package init(_ text: String, usualPort: Int? = nil) throws(ApeError) {
        guard let (host, written) = Self.split(text[...]), let port = written ?? usualPort, !text.isEmpty,
            host.isEmpty ? usualPort != nil : Self.isHost(host)
        else {
            let example = usualPort ?? 8080
            throw ApeError(
                .usage,
                "\"\(text.prefix(80))\" is not an address; write host:port, such as 10.0.0.5:\(example) or [::1]:\(example)"
            )
        }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// Reads where a coordinator is: `host`, `host:port` or `:port`, the port ``coordinatorPort`` where none is written.
    ///
    /// - Throws: ``ApeError`` of code `usage` that shows the text and a form that works.
    package init(coordinator text: String) throws(ApeError) {
        try self.init(text, usualPort: Self.coordinatorPort)
    }

    /// Whether only this machine can reach it: 127.0.0.0/8, ::1 or `localhost`, in whatever case.
    package var isLoopback: Bool {
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return octets.count == 4 && octets[0] == 127 && !octets.contains(nil)
    }

    /// The base URL of an HTTP service that listens here, without a trailing slash.
    package var url: String {
        "http://" + description
    }
}

extension HostPort: CustomStringConvertible {
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension HostPort {
    /// Splits `host`, `host:port`, `[address]` and `[address]:port`; what the host is made of is not looked at.
    ///
    /// - Returns: the host without brackets, and the port, from 0 to 65535, nil where none is written; nil for a text of
    ///   another form.
    package static func split(_ text: Substring) -> (host: Substring, port: Int?)? {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[..<close].dropFirst()
            let rest = text[close...].dropFirst()
            guard rest.isEmpty || rest.first == ":" else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[colon...].dropFirst()
        }
        guard host.contains(":") == (text.first == "[") else { return nil }
        guard let port else { return (host, nil) }
        guard port.utf8.allSatisfy(isDigit), let number = UInt16(port) else { return nil }
        return (host, Int(number))
    }

    /// Whether a text could be a host's name or an IPv4 address.
    package static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && text.utf8.allSatisfy(isNameByte)
    }

    /// Whether a text could be a host's name or an address, an IPv6 address without brackets but maybe with a zone.
    static func isHost(_ text: Substring) -> Bool {
        guard text.contains(":") else { return isName(text) }
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        return parts[0].allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
            && parts.dropFirst().allSatisfy(isName)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || isDigit(byte) || "-._".utf8.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }
}
