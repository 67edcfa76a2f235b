import CCurl
import Glibc

extension Exchange {
    /// The hop's server as `host:port`, for messages. The whole URL is not shown, since its query may hold secrets.
    var origin: String {
        URLParts(request.url)?.origin ?? "the server"
    }

    func error(_ kind: TransferError.Kind, _ message: String, curlCode: CURLcode? = nil) -> TransferError {
        TransferError(
            kind,
            message,
            startedMicros: startedMicros == 0 ? nil : startedMicros,
            curlCode: curlCode.map { Int($0.rawValue) }
        )
    }

    /// The error for libcurl's code and message.
    func curlError(_ code: CURLcode) -> TransferError {
        var detail = String(cString: errorText)
        if detail.isEmpty { detail = String(cString: curl_easy_strerror(code)) }
        if code == CURLE_COULDNT_CONNECT, easy.long(CURLINFO_OS_ERRNO) == Int(EADDRNOTAVAIL) {
            let message = "no local port is left to connect to \(origin); widen net.ipv4.ip_local_port_range"
            return error(.other, message, curlCode: code)
        }
        if code == CURLE_OUT_OF_MEMORY { detail = "a line of the answer's head is longer than libcurl takes" }
        let kind = TransferError.Kind(curl: code, detail: detail)
        return error(kind, "\(origin): \(detail)", curlCode: code)
    }

    /// The answer of this hop as received so far.
    func response() -> TransferResponse {
        var response = TransferResponse(status: easy.long(CURLINFO_RESPONSE_CODE), url: request.url)
        response.headers = answer.headers
        response.body = answer.body
        response.bodyBytes = answer.bodyBytes
        response.truncated = answer.isTruncated
        response.startedMicros = startedMicros
        response.endedMicros = MonotonicClock.nowMicros
        response.firstByteMicros = answer.firstByteMicros
        response.sentCookie = answer.sentCookie
        response.reusedConnection = easy.long(CURLINFO_NUM_CONNECTS) == 0
        response.httpVersion = easy.long(CURLINFO_HTTP_VERSION) == Int(CURL_HTTP_VERSION_2_0) ? .http2 : .http1
        if !response.reusedConnection {
            response.phases.nameLookupMicros = easy.size(CURLINFO_NAMELOOKUP_TIME_T)
            response.phases.connectMicros = easy.size(CURLINFO_CONNECT_TIME_T)
            response.phases.tlsMicros = easy.size(CURLINFO_APPCONNECT_TIME_T)
        }
        if request.wantsCertificates { response.certificates = PeerCertificate.chain(of: easy) }
        return response
    }
}

extension TransferError.Kind {
    /// The kind of error for libcurl's code; `detail` is its message, which distinguishes errors of the same code.
    init(curl code: CURLcode, detail: String) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve
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
