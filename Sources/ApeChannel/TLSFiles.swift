import ApeCore

/// Which side of the control channel this process is: who it shows itself to, and whom it checks.
package enum TLSRole: Sendable {
    /// Accepts connections; checks the certificates of workers where it is given authorities for them.
    case coordinator
    /// Connects; always checks the coordinator's certificate.
    case worker

    /// The other side, in words.
    var peer: String {
        switch self {
        case .coordinator: "worker"
        case .worker: "coordinator"
        }
    }

    /// This side, in words.
    var own: String {
        switch self {
        case .coordinator: "coordinator"
        case .worker: "worker"
        }
    }

    /// The flag that names this side's authorities.
    package var authoritiesFlag: String {
        switch self {
        case .coordinator: "--tls-client-ca"
        case .worker: "--tls-ca"
        }
    }

    /// The flag that names the other side's authorities.
    var peerAuthoritiesFlag: String {
        switch self {
        case .coordinator: "--tls-ca"
        case .worker: "--tls-client-ca"
        }
    }
}

/// The files that one side of TLS is made from, all of them in PEM.
package struct TLSFiles: Sendable {
    /// What this side shows: its certificate, with those between it and the authority after it, and its private key.
    package struct Identity: Sendable {
        package var certificate: String
        package var key: String
    }

    /// Reads a file that nobody but its owner may read.
    package typealias PrivateReader = @Sendable (_ path: String) throws(ApeError) -> [UInt8]

    package var identity: Identity?
    /// The authorities that the other side's certificate must come from.
    package var authorities: String?
    /// The name or address that the coordinator's certificate must hold; nil for the one that is connected to.
    package var name: String?
    package var readPrivate: PrivateReader
}

extension TLSFiles {
    /// What the flags of a program ask for; nil where they ask for no TLS.
    ///
    /// - Throws: ``ApeError`` of code `usage` that names the flag which lacks another.
    package init?(
        _ role: TLSRole,
        certificate: String?,
        key: String?,
        authorities: String?,
        name: String? = nil,
        readPrivate: @escaping PrivateReader
    ) throws(ApeError) {
        var identity: Identity?
        switch (certificate, key) {
        case (let certificate?, let key?): identity = Identity(certificate: certificate, key: key)
        case (nil, nil): break
        case (_, nil): throw ApeError(.usage, "--tls-cert needs --tls-key, the private key of that certificate")
        case (nil, _): throw ApeError(.usage, "--tls-key needs --tls-cert, the certificate of that key")
        }
        switch role {
        case .coordinator:
            guard identity != nil || authorities == nil else {
                throw ApeError(
                    .usage,
                    "--tls-client-ca needs --tls-cert and --tls-key: a coordinator shows itself first"
                )
            }
            guard identity != nil else { return nil }
        case .worker:
            guard authorities != nil || (identity == nil && name == nil) else {
                throw ApeError(.usage, "--tls-cert and --tls-name need --tls-ca, the authority of the coordinator")
            }
            guard authorities != nil else { return nil }
        }
        self.init(identity: identity, authorities: authorities, name: name, readPrivate: readPrivate)
    }
}
