import CCurl
import Glibc

extension Exchange {
    /// The hop's server as `host:port`, for messages. The whole URL is not shown, since its query may hold secrets.
    var origin: String {
        URLParts(hop.request.url)?.origin ?? "the server"
    }

    func error(_ kind: TransferError.Kind, _ message: String, curlCode: CURLcode? = nil) -> TransferError {
        var error = TransferError(
            kind,
            message,
            startedMicros: startedMicros == 0 ? nil : startedMicros,
            curlCode: curlCode.map { Int($0.rawValue) }
        )
        error.connection = connectionUse
        if answer.isStream, answer.isHeadWhole, onBytes == nil { error.partial = response() }
        error.connection.hasFailed = [.resolve, .refused, .connectTimeout, .tls].contains(kind)
        return error
    }

    /// The error of a request whose connection ended before the answer began, after it had been sent.
    func unansweredError(_ code: CURLcode? = nil) -> TransferError {
        let ended = "\(origin) closed the connection before it answered"
        let method = hop.request.method
        let isSafe = RepeatRule.isIdempotent(method)
        return error(
            .closed,
            isSafe ? ended : ended + "; a \(method) that it may have processed is not sent again",
            curlCode: code
        )
    }

    /// How the request got its connection so far.
    private var connectionUse: ConnectionUse {
        var use = ConnectionUse()
        use.nameLookupMicros = sending.lookupMicros
        use.opened = sending.opened + sending.earlier.opened
        use.reused = sending.reused + sending.earlier.reused
        use.repeats = max(0, use.opened + use.reused - 1)
        guard sending.opened > 0 else { return use }
        let connected = easy.size(CURLINFO_CONNECT_TIME_T)
        let secured = easy.size(CURLINFO_APPCONNECT_TIME_T)
        use.connectMicros = max(0, connected - easy.size(CURLINFO_NAMELOOKUP_TIME_T))
        if secured > 0 { use.tlsMicros = max(0, secured - connected) }
        return use
    }

    /// The error for libcurl's code and message.
    func curlError(_ code: CURLcode) -> TransferError {
        var detail = String(cString: errorText)
        if detail.isEmpty { detail = String(cString: curl_easy_strerror(code)) }
        if code == CURLE_COULDNT_CONNECT, easy.long(CURLINFO_OS_ERRNO) == Int(EADDRNOTAVAIL) {
            let message = "no local port is left to connect to \(origin); widen net.ipv4.ip_local_port_range"
            return error(.other, message, curlCode: code)
        }
        // libcurl before 8 has no words for an HTTP/2 connection that ended by a GOAWAY while a request waited.
        let isHTTP2 = code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM
        if isHTTP2, errorText[0] == 0, answer.firstByteMicros == 0 { return unansweredError(code) }
        if let fault = proxyFault(code) { return proxyError(fault, detail, code) }
        if code == CURLE_OUT_OF_MEMORY { detail = "a line of the answer's head is longer than libcurl takes" }
        let kind = TransferError.Kind(curl: code, detail: detail)
        return error(kind, "\(origin): \(detail)", curlCode: code)
    }

    /// What a proxy has to do with the failure; nil for nothing, and where there is none.
    private func proxyFault(_ code: CURLcode) -> ProxyFault? {
        guard !hop.proxy.isEmpty else { return nil }
        return ProxyFault(
            ProxyFault.Evidence(
                code: code,
                isConnected: easy.size(CURLINFO_CONNECT_TIME_T) > 0,
                connectStatus: easy.long(CURLINFO_HTTP_CONNECTCODE),
                socks: CURLproxycode(rawValue: UInt32(clamping: easy.long(CURLINFO_PROXY_ERROR)))
            )
        )
    }

    /// Whether the answer is the proxy's own, which asks for a user and a password. Within a tunnel it is the server's.
    var isRefusedByProxy: Bool {
        !hop.proxy.isEmpty && easy.long(CURLINFO_RESPONSE_CODE) == 407 && !HostName.isSecure(hop.request.url)
    }

    /// The error of a request that a proxy stands in the way of.
    func proxyError(_ fault: ProxyFault, _ detail: String = "", _ code: CURLcode? = nil) -> TransferError {
        let proxy = ProxyAddress(hop.proxy)?.origin ?? "of the environment"
        return error(fault.kind, fault.message(proxy: proxy, origin: origin, detail: detail), curlCode: code)
    }

    /// The answer of this hop as received so far.
    func response() -> TransferResponse {
        var response = TransferResponse(status: easy.long(CURLINFO_RESPONSE_CODE), url: hop.request.url)
        response.headers = answer.headers
        response.body = answer.body
        response.bodyBytes = answer.bodyBytes
        response.truncated = answer.isTruncated
        response.isStream = answer.isStream && answer.isKept
        response.arrivals = answer.arrivals
        response.startedMicros = startedMicros
        response.endedMicros = MonotonicClock.nowMicros
        response.firstByteMicros = answer.firstByteMicros
        response.sentCookie = answer.sentCookie
        response.cookieTrouble = answer.cookieTrouble
        response.connection = connectionUse
        response.httpVersion = easy.long(CURLINFO_HTTP_VERSION) == Int(CURL_HTTP_VERSION_2_0) ? .http2 : .http1
        if hop.request.wantsCertificates { response.certificates = PeerCertificate.chain(of: easy) }
        return response
    }
}

extension TransferError.Kind {
    /// The kind of error for libcurl's code; `detail` is its message, which distinguishes errors of the same code.
    init(curl code: CURLcode, detail: String) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: self = .resolve
        case CURLE_COULDNT_CONNECT: self = .refused
        // The only time limit that libcurl is given is the one to connect.
        case CURLE_OPERATION_TIMEDOUT: self = .connectTimeout
        case CURLE_URL_MALFORMAT: self = .invalidURL
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_CRL_BADFILE:
            self = .tls
        case CURLE_RECV_ERROR: self = detail.contains("chunk") ? .protocolError : .closed
        case CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: self = .closed
        // URLs of other protocols are refused before, so an unsupported protocol is an answer without a status line.
        // Out of memory is libcurl's limit on the length of a line.
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_BAD_CONTENT_ENCODING, CURLE_OUT_OF_MEMORY:
            self = .protocolError
        default: self = .other
        }
    }
}
