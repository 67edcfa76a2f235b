import ApeCore

/// Where a control channel is listened on or connected to: `host:port`, with brackets around an IPv6 address.
package struct ControlAddress: Sendable, Hashable {
    /// The port a coordinator listens on unless told otherwise.
    package static let defaultPort = 9464

    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `host`, `host:port`, `[::1]:port` or `:port` (every interface).
    ///
    /// - Throws: ``ApeError`` of code `usage` that says what the form is.
    package init(_ text: String) throws(ApeError) {
        let wrong = ApeError(
            .usage,
            "\"\(text)\" is not an address; write host:port, such as 10.0.0.5:9464 or [::1]:9464"
        )
        var host = text[...]
        var port = "\(Self.defaultPort)"[...]
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { throw wrong }
            host = text[text.index(after: text.startIndex)..<bracket]
            let rest = text[text.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw wrong }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else { throw wrong }
        }
        guard let number = UInt16(port), !text.isEmpty, !text.contains(where: \.isWhitespace) else { throw wrong }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: Int(number))
    }

    /// Whether only this machine can reach the address: 127.0.0.0/8, ::1 or `localhost`.
    package var isLoopback: Bool {
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return octets.count == 4 && octets.first == 127 && !octets.contains(nil)
    }
}

extension ControlAddress: CustomStringConvertible {
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
