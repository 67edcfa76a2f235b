import ApeCore

/// Which `Host` a server answers. A page in somebody's browser may have its own name lead to a loopback address, and then
/// reads what is served there; the browser still says that name.
package struct HostRule: Sendable {
    /// What a refused request is told.
    package static let refusal = HTTPAnswer.error(
        421,
        "misdirected_request",
        "This address is served to this machine alone: ask for it as localhost, 127.0.0.1 or [::1]"
    )

    private let address: HostPort

    /// - Parameter address: where the server listens. One that other hosts can reach has names that it does not know, and
    ///   answers any.
    package init(listeningOn address: HostPort) {
        self.address = address
    }

    /// Whether a request is answered.
    ///
    /// - Parameter authority: its `Host`; nil where it has none, which no browser leaves out.
    /// - Returns: whether that names this machine, or may be any.
    package func accepts(_ authority: String?) -> Bool {
        guard let authority, address.isLoopback else { return true }
        guard let (host, _) = HostPort.split(authority[...]) else { return false }
        let name = host.hasSuffix(".") ? host.dropLast() : host
        return HostPort(host: String(name), port: 0).isLoopback || name.lowercased().hasSuffix(".localhost")
            || name.lowercased() == address.host.lowercased()
    }
}
