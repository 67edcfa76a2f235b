import ApeCore

/// What the user has said of a control channel's safety. A channel that leaves this host needs a token, and TLS unless
/// the user trusts the network.
package struct ChannelExposure: Sendable {
    /// `--token-file` is given.
    package var hasToken: Bool
    /// The flags are given that make this side speak TLS.
    package var isEncrypted: Bool
    /// `--insecure` is given.
    package var isTrusted: Bool

    package init(hasToken: Bool, isEncrypted: Bool, isTrusted: Bool) {
        self.hasToken = hasToken
        self.isEncrypted = isEncrypted
        self.isTrusted = isTrusted
    }

    /// Whether a coordinator may listen at `address`.
    ///
    /// - Throws: ``ApeError`` of code `usage` that names the flag which is missing.
    package func checkListening(on address: HostPort) throws(ApeError) {
        guard !address.isLoopback else { return }
        guard hasToken else {
            throw ApeError(
                .usage,
                "--listen \(address) can be reached from other hosts: give the fleet a secret with --token-file "
                    + "(make one with: openssl rand -hex 32 > token; chmod 600 token)"
            )
        }
        guard isTrusted || isEncrypted else {
            throw ApeError(
                .usage,
                "--listen \(address) can be reached from other hosts, and the channel is in clear text: encrypt it with "
                    + "--tls-cert and --tls-key (deploy/tls/make-certs.sh makes them), or give --insecure if the "
                    + "network between is trusted"
            )
        }
    }

    /// Whether a worker may connect to a coordinator at `address`.
    ///
    /// - Throws: ``ApeError`` of code `usage` that names the flag which is missing.
    package func checkConnecting(to address: HostPort) throws(ApeError) {
        guard !address.isLoopback else { return }
        guard isTrusted || isEncrypted else {
            throw ApeError(
                .usage,
                "The coordinator \(address) is on another host, and the channel to it would be in clear text: give the "
                    + "authority of its certificate with --tls-ca, or --insecure if the network between is trusted"
            )
        }
        guard hasToken else {
            throw ApeError(.usage, "The coordinator \(address) is on another host: give the fleet's --token-file")
        }
    }
}
