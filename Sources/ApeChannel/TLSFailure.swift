import COpenSSL

/// Why there is no TLS with the other side, or no longer.
///
/// It is no `ApeError` because the two sides of a connection word each case differently. Other modules get an `ApeError`.
enum TLSFailure: Error, Equatable {
    /// The other side's certificate, or one of its chain, did not pass.
    case refused(CertificateRefusal)
    /// A worker showed no certificate.
    case noCertificate
    /// The other side says what it does not like, by an alert of RFC 8446, section 6.
    case alert(UInt8)
    /// What came is no TLS.
    case notTLS
    /// The other side has no TLS 1.3.
    case tooOld
    /// Another breach of TLS, in OpenSSL's words.
    case broken(String)
    /// The connection ended before the handshake did.
    case cutInHandshake
    /// The connection ended without TLS's own goodbye: whoever cut it, something may be missing.
    case truncated
    /// The handshake took too long.
    case timeLimit
    /// More was sent before the end of the handshake than is kept.
    case overflow

    /// What an error of libssl's means.
    init(_ errors: OpenSSLErrors, refusal: CertificateRefusal?) {
        let firstAlert = SSL_AD_REASON_OFFSET
        if let refusal {
            self = .refused(refusal)
            return
        }
        switch errors.reason {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: self = .noCertificate
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_BAD_RECORD_TYPE,
            SSL_R_PACKET_LENGTH_TOO_LONG:
            self = .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW: self = .tooOld
        case let reason? where (firstAlert...firstAlert + 255).contains(reason):
            self = .alert(UInt8(reason - firstAlert))
        default: self = .broken(errors.text ?? "OpenSSL gives no reason")
        }
    }

    /// Whether it is the certificate of one side that the other does not accept: trying again with the same files is
    /// of no use.
    var isRefusal: Bool {
        switch self {
        case .refused, .noCertificate: true
        case .alert(let number): AlertWords.ofCertificates[number] != nil
        default: false
        }
    }
}

/// A certificate that did not pass, and why.
struct CertificateRefusal: Equatable {
    /// OpenSSL's `X509_V_ERR_…`.
    var code: Int32
    /// The other side's own.
    var certificate: CertificateFacts
    /// The one of its chain that did not pass; nil where that is its own.
    var authority: CertificateFacts?
    /// The name or address that the coordinator was asked for by; empty for workers, who are not checked by name.
    var name: String
}
