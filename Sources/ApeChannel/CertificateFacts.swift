import COpenSSL

/// What words about a certificate need of it.
package struct CertificateFacts: Sendable, Equatable {
    /// Characters of a name or a time that are kept: the other side chooses how long its names are.
    static let textLimit = 256

    /// As RFC 2253 writes it, such as `CN=worker-1,O=APE`; printable ASCII whatever the certificate holds.
    package var subject: String
    /// The same of the authority that issued it.
    package var issuer: String
    /// The end of its time, such as `Jun  1 12:00:00 2026 GMT`.
    package var expires: String
    package var hasExpired: Bool
}

extension CertificateFacts {
    /// Reads a certificate that libcrypto owns; the pointer is used within the call alone.
    init(_ certificate: OpaquePointer) {
        let end = X509_get0_notAfter(certificate)
        subject = Self.text { ape_x509_name_print($0, X509_get_subject_name(certificate)) == 1 }
        issuer = Self.text { ape_x509_name_print($0, X509_get_issuer_name(certificate)) == 1 }
        expires = Self.text { ASN1_TIME_print($0, end) == 1 }
        hasExpired = X509_cmp_current_time(end) < 0
    }

    /// What libcrypto prints into a memory buffer, which lives for the call alone.
    private static func text(_ write: (OpaquePointer) -> Bool) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "unknown" }
        defer { BIO_free(bio) }
        guard write(bio) else { return "unreadable" }
        let bytes = [UInt8](unsafeUninitializedCapacity: textLimit) { buffer, count in
            count = max(0, Int(BIO_read(bio, buffer.baseAddress, Int32(textLimit))))
        }
        return bytes.isEmpty ? "empty" : String(decoding: bytes, as: UTF8.self)
    }
}
