import COpenSSL

extension TLSFailure {
    /// The reason in a sentence for the user of one side, with the way out.
    func words(for role: TLSRole) -> String {
        let peer = role.peer
        switch self {
        case .refused(let refusal): return refusal.words(for: role)
        case .noCertificate:
            return "the worker shows no certificate: give it --tls-cert and --tls-key, made by the authority in this "
                + "coordinator's --tls-client-ca"
        case .alert(let number):
            if let why = AlertWords.ofCertificates[number] {
                return "the \(peer) refused this \(role.own)'s certificate: \(why(role))"
            }
            if number == UInt8(SSL_AD_PROTOCOL_VERSION) { return Self.tooOld.words(for: role) }
            return "the \(peer) ended the handshake with the TLS alert \(AlertWords.name(of: number))"
        case .notTLS:
            return role == .worker
                ? "the coordinator does not speak TLS: start it with --tls-cert and --tls-key, or leave --tls-ca out"
                : "what came is no TLS: give workers --tls-ca"
        case .tooOld: return "the \(peer) does not speak TLS 1.3, the only version that is accepted"
        case .broken(let text): return "TLS broke: \(text)"
        case .cutInHandshake: return "the \(peer) closed the connection during the TLS handshake"
        case .truncated:
            return "the connection was cut: it ended without TLS's own goodbye, so the \(peer) or something between "
                + "died"
        case .timeLimit: return "no TLS handshake within \(TLSHandler.handshakeLimitSeconds) s"
        case .overflow: return "more than \(TLSHandler.waitingLimitBytes) bytes were to be sent before the handshake"
        }
    }
}

extension CertificateRefusal {
    /// `the coordinator's certificate, subject CN=x, is refused: it expired on …`.
    func words(for role: TLSRole) -> String {
        "the \(role.peer)'s certificate, subject \(certificate.subject), is refused: \(why(role))"
    }

    private func why(_ role: TLSRole) -> String {
        let culprit = authority ?? certificate
        let it = authority.map { "its authority, \($0.subject)," } ?? "it"
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "\(it) expired on \(culprit.expires); make a new one, install it and send the \(role.peer) SIGHUP"
        case X509_V_ERR_CERT_NOT_YET_VALID: return "\(it) is not valid yet; compare the clocks of both hosts"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "it is not made for \(name); connect by a name that it holds, say that name with --tls-name, or "
                + "make one for \(name)"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return "it is self-signed and not among those of \(role.authoritiesFlag)"
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return "its authority, \(culprit.issuer), is not in the file of \(role.authoritiesFlag)"
        case X509_V_ERR_INVALID_PURPOSE: return "\(it) is not made for a \(role.peer) (extendedKeyUsage)"
        default: return "\(it) did not pass: \(String(cString: X509_verify_cert_error_string(Int(code))))"
        }
    }
}

/// What the other side's alerts mean.
enum AlertWords {
    /// Those about the certificate of the side that is told.
    static let ofCertificates: [UInt8: @Sendable (TLSRole) -> String] = [
        UInt8(SSL_AD_BAD_CERTIFICATE): { _ in "it is broken or not made for this (bad_certificate)" },
        UInt8(SSL_AD_UNSUPPORTED_CERTIFICATE): {
            "it is not made for a \($0.own) (unsupported_certificate); make one with the right extendedKeyUsage"
        },
        UInt8(SSL_AD_CERTIFICATE_REVOKED): { _ in "it was revoked (certificate_revoked)" },
        UInt8(SSL_AD_CERTIFICATE_EXPIRED): { _ in
            "it has expired, or is not valid yet (certificate_expired); make a new one, or compare the clocks"
        },
        UInt8(SSL_AD_CERTIFICATE_UNKNOWN): { _ in "it did not pass (certificate_unknown)" },
        UInt8(SSL_AD_UNKNOWN_CA): {
            "its authority is not in the \($0.peer)'s file of \($0.peerAuthoritiesFlag) (unknown_ca)"
        },
        UInt8(SSL_AD_DECRYPT_ERROR): {
            "its signature does not fit the \($0.peer)'s file of \($0.peerAuthoritiesFlag) (decrypt_error)"
        },
        UInt8(TLS13_AD_CERTIFICATE_REQUIRED): { _ in
            "none was shown, and one is demanded (certificate_required); give --tls-cert and --tls-key"
        },
    ]

    static func name(of alert: UInt8) -> String {
        // The string is libssl's own and stays.
        "\(alert), \(SSL_alert_desc_string_long(Int32(alert)).map { String(cString: $0) } ?? "unknown")"
    }
}
