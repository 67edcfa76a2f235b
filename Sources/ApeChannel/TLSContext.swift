import ApeCore
import COpenSSL

/// One side's certificate, key and authorities as libssl holds them: fixed once made, and shared by all connections
/// that were made while it was in use.
///
/// `@unchecked Sendable`: an `SSL_CTX` is only written to in `init`; libssl counts references to it atomically and
/// reads it from any thread.
final class TLSContext: @unchecked Sendable {
    let role: TLSRole
    let handle: OpaquePointer
    /// The name or address that the coordinator's certificate must hold; nil for the one that is connected to.
    let name: String?

    /// Whether libssl is ready. Its own clean-up at the process's end is turned off: connections may still be closing
    /// on other threads then, and would meet freed memory.
    private static let isReady = OPENSSL_init_ssl(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1

    /// - Throws: ``ApeError`` of code `file` that names the file, what is wrong with it and the way out.
    init(_ role: TLSRole, _ files: TLSFiles) throws(ApeError) {
        precondition(Self.isReady, "libssl cannot be initialised")
        let method = role == .coordinator ? TLS_server_method() : TLS_client_method()
        guard let handle = SSL_CTX_new(method), ape_ssl_ctx_harden(handle) == 1 else {
            preconditionFailure("libssl has no TLS 1.3, or no memory")
        }
        self.role = role
        self.handle = handle
        name = files.name
        // From here on `deinit` frees what a thrown error leaves behind.
        if let identity = files.identity { try use(identity, files.readPrivate) }
        if let authorities = files.authorities { try trust(authorities) }
        let mustShow = role == .worker || files.authorities != nil
        let mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        SSL_CTX_set_verify(handle, mustShow ? mode : SSL_VERIFY_NONE, TLSSession.noteRefusal)
    }

    deinit {
        SSL_CTX_free(handle)
    }

    /// The certificate that this side shows.
    var certificate: CertificateFacts? {
        SSL_CTX_get0_certificate(handle).map(CertificateFacts.init(_:))
    }

    private func use(_ identity: TLSFiles.Identity, _ read: TLSFiles.PrivateReader) throws(ApeError) {
        ERR_clear_error()
        guard SSL_CTX_use_certificate_chain_file(handle, identity.certificate) == 1 else {
            throw Self.unusable(identity.certificate, "holds no certificate in PEM", "--tls-cert")
        }
        let key = try Self.key(in: identity.key, read)
        defer { EVP_PKEY_free(key) }
        ERR_clear_error()
        guard SSL_CTX_use_PrivateKey(handle, key) == 1, SSL_CTX_check_private_key(handle) == 1 else {
            throw Self.unusable(
                identity.key,
                "is not the private key of the certificate in \(identity.certificate)",
                "--tls-key"
            )
        }
        if let certificate, certificate.hasExpired {
            throw ApeError(
                .file,
                "The certificate in \(identity.certificate), subject \(certificate.subject), expired on "
                    + "\(certificate.expires): make a new one, for example with deploy/tls/make-certs.sh"
            )
        }
    }

    private static func key(in path: String, _ read: TLSFiles.PrivateReader) throws(ApeError) -> OpaquePointer {
        let bytes = try read(path)
        ERR_clear_error()
        // libcrypto copies out of the buffer, within the closure. The last argument's function is asked for the
        // passphrase of an encrypted key; without it libcrypto would ask on the terminal.
        let key = bytes.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
            defer { BIO_free(bio) }
            return PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key else {
            throw unusable(path, "holds no private key in PEM, or one with a passphrase", "--tls-key")
        }
        return key
    }

    private func trust(_ path: String) throws(ApeError) {
        ERR_clear_error()
        guard SSL_CTX_load_verify_file(handle, path) == 1 else {
            throw Self.unusable(path, "holds no certificate in PEM", role.authoritiesFlag)
        }
        guard role == .coordinator else { return }
        // Tells workers which authorities count here. The list is the context's from then on.
        SSL_CTX_set_client_CA_list(handle, SSL_load_client_CA_file(path))
    }

    private static func unusable(_ path: String, _ problem: String, _ flag: String) -> ApeError {
        ApeError(.file, "The file \(path) of \(flag) cannot be used: it \(problem)", cause: OpenSSLErrors.take().text)
    }
}
