import COpenSSL

/// One side of one TLS connection between two memory buffers: ciphertext that came goes in, ciphertext to send comes
/// out, and nothing waits.
///
/// Used on one thread at a time. Each call into libssl comes after the thread's error queue was emptied, so that what
/// the queue holds afterwards is that call's.
final class TLSSession {
    /// The most plain bytes of one TLS record.
    static let recordBytes = 16 * 1024

    private let ssl: OpaquePointer
    /// What came from the other side. It belongs to `ssl`, as `outgoing` does.
    private let incoming: OpaquePointer
    /// What is to be sent.
    private let outgoing: OpaquePointer
    private let name: String
    private var refusal: CertificateRefusal?
    /// Whether the other side said that it sends no more.
    private(set) var peerHasClosed = false

    /// `name` is the name or address that the coordinator's certificate must hold; empty for a coordinator.
    init(_ context: TLSContext, name: String) {
        guard let ssl = SSL_new(context.handle), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { preconditionFailure("no memory for a TLS connection") }
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        self.name = name
        SSL_set_bio(ssl, incoming, outgoing)
        // Not retained: libssl calls back only from within calls that this object makes.
        SSL_set_ex_data(ssl, Self.applicationData, Unmanaged.passUnretained(self).toOpaque())
        switch context.role {
        case .coordinator: SSL_set_accept_state(ssl)
        case .worker:
            expect(name)
            SSL_set_connect_state(ssl)
        }
    }

    deinit {
        SSL_free(ssl)
    }

    /// Has the coordinator's certificate checked for a name or an address.
    private func expect(_ name: String) {
        precondition(!name.isEmpty, "libssl would check no name at all")
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1 { return }
        // Only names that a certificate lists count, and a wildcard only for a whole label.
        SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        precondition(SSL_set1_host(ssl, name) == 1, "no memory for a host's name")
        // A name that is too long to be sent along is checked all the same.
        _ = ape_ssl_set_server_name(ssl, name)
    }

    /// Takes ciphertext that came.
    func receive(_ ciphertext: UnsafeRawBufferPointer) {
        guard !ciphertext.isEmpty else { return }
        // libcrypto copies out of the buffer, which lives for the call; a memory buffer takes all there is memory for.
        let count = BIO_write(incoming, ciphertext.baseAddress, Int32(ciphertext.count))
        precondition(count == ciphertext.count, "no memory for what came over TLS")
    }

    /// Takes the handshake as far as what came allows; true once it is done.
    func handshake() throws(TLSFailure) -> Bool {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return true }
        try check(result)
        return false
    }

    /// The certificate that the other side showed in its handshake.
    var peerCertificate: CertificateFacts? {
        SSL_get0_peer_certificate(ssl).map(CertificateFacts.init(_:))
    }

    /// The plain bytes of the next record; nil when more has to come first, or nothing more will.
    func read() throws(TLSFailure) -> [UInt8]? {
        guard !peerHasClosed else { return nil }
        ERR_clear_error()
        var result: Int32 = 0
        // libssl writes into the array's storage during the call alone, and says how much.
        let plain = [UInt8](unsafeUninitializedCapacity: Self.recordBytes) { buffer, count in
            result = SSL_read(ssl, buffer.baseAddress, Int32(Self.recordBytes))
            count = max(0, Int(result))
        }
        if result > 0 { return plain }
        try check(result)
        return nil
    }

    /// Encrypts bytes to be sent.
    func write(_ plain: [UInt8]) throws(TLSFailure) {
        guard !plain.isEmpty else { return }
        ERR_clear_error()
        // Borrowed for the call alone.
        let result = plain.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
        guard result != plain.count else { return }
        try check(result)
        throw .broken("not all could be encrypted")
    }

    /// Says that nothing more will be sent.
    func close() {
        ERR_clear_error()
        // The answer is of no interest: the connection is closed next.
        _ = SSL_shutdown(ssl)
    }

    /// Ciphertext to be sent, all of it; empty when there is none.
    func takeOutgoing() -> [UInt8] {
        let waiting = BIO_ctrl_pending(outgoing)
        guard waiting > 0 else { return [] }
        // libcrypto writes at most `waiting` bytes into the array's storage, during the call alone.
        return [UInt8](unsafeUninitializedCapacity: waiting) { buffer, count in
            count = max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(waiting))))
        }
    }

    /// Makes an error of what is one; to be called right after the call that gave `result`.
    private func check(_ result: Int32) throws(TLSFailure) {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
        case SSL_ERROR_ZERO_RETURN: peerHasClosed = true
        default: throw TLSFailure(OpenSSLErrors.take(), refusal: refusal)
        }
    }
}

extension TLSSession {
    /// The place that libssl keeps for the application's own pointer.
    private static let applicationData: Int32 = 0

    /// Notes which certificate of the chain did not pass and why: libssl itself keeps only the number.
    static let noteRefusal: SSL_verify_cb = { passed, store in
        guard passed == 0, let store,
            let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let session = SSL_get_ex_data(OpaquePointer(ssl), TLSSession.applicationData)
        else { return passed }
        // Alive, since it is this session's own call that libssl is in.
        Unmanaged<TLSSession>.fromOpaque(session).takeUnretainedValue().note(store)
        return passed
    }

    private func note(_ store: OpaquePointer) {
        guard refusal == nil, let own = X509_STORE_CTX_get0_cert(store) else { return }
        let depth = X509_STORE_CTX_get_error_depth(store)
        let culprit = depth > 0 ? X509_STORE_CTX_get_current_cert(store) : nil
        refusal = CertificateRefusal(
            code: X509_STORE_CTX_get_error(store),
            certificate: CertificateFacts(own),
            authority: culprit.map(CertificateFacts.init(_:)),
            name: name
        )
    }
}
