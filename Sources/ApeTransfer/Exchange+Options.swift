import CCurl

/// Options that most requests of a shard have in common. They are set only when they change.
struct LastingOptions {
    var proxy: String?
    var caFile: String?
    var clientCertificate: String?
    var clientKey: String?
    var userAgent: String?
    var acceptsCompression: Bool?
    var wantsCertificates = false
    /// libcurl's default file of authorities.
    var systemCAFile: String?
}

extension Exchange {
    /// How long a stream may take to end after its reader has finished.
    static let drainMicros: Int64 = 50_000

    /// Sets the options that never change in the life of the handle.
    func setFixedOptions() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        easy.set(CURLOPT_PRIVATE, context)
        easy.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        easy.set(CURLOPT_NOSIGNAL, true)
        easy.set(CURLOPT_TCP_NODELAY, true)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        // This names no file but starts the cookie engine, which a shared jar alone does not.
        easy.set(CURLOPT_COOKIEFILE, "")
        // The exceptions in the environment are applied by `ProxyRules`.
        easy.set(CURLOPT_NOPROXY, "")
        lasting.systemCAFile = easy.string(CURLINFO_CAINFO)
        easy.check(ape_curl_on_header(easy.handle, headerCallback, context), CURLOPT_HEADERFUNCTION)
        easy.check(ape_curl_on_body(easy.handle, bodyCallback, context), CURLOPT_WRITEFUNCTION)
        easy.check(ape_curl_before_request(easy.handle, requestCallback, context), CURLOPT_PREREQFUNCTION)
        easy.check(ape_curl_on_debug(easy.handle, debugCallback, context), CURLOPT_DEBUGFUNCTION)
        easy.check(ape_curl_on_open_socket(easy.handle, openCallback, context), CURLOPT_OPENSOCKETFUNCTION)
        // A connection outlives its transfer, so its end is reported to the poller, which outlives both.
        let poller = Unmanaged.passUnretained(shard.loop.poller).toOpaque()
        easy.check(ape_curl_on_close_socket(easy.handle, closeCallback, poller), CURLOPT_CLOSESOCKETFUNCTION)
    }

    /// Sets the options of the request.
    func setOptions(_ hop: Hop, _ share: ClientShare) {
        let proxy = hop.proxy
        easy.set(CURLOPT_URL, request.url)
        setMethod()
        easy.set(CURLOPT_CONNECT_ONLY, request.connectsOnly)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, hop.connectTimeoutMillis)
        easy.set(CURLOPT_HTTP_VERSION, request.httpVersion.curlValue)
        let isPriorKnowledge = request.httpVersion == .http2PriorKnowledge
        let isFresh = hop.earlier != nil || isPriorKnowledge && !CurlGlobal.reusesPriorKnowledge
        easy.set(CURLOPT_FRESH_CONNECT, isFresh)
        easy.set(CURLOPT_FORBID_REUSE, isPriorKnowledge && !CurlGlobal.reusesPriorKnowledge)
        set(CURLOPT_PROXY, proxy, lasting: \.proxy)
        set(CURLOPT_CAINFO, request.caFile ?? lasting.systemCAFile, lasting: \.caFile)
        set(CURLOPT_SSLCERT, request.clientCertificate, lasting: \.clientCertificate)
        set(CURLOPT_SSLKEY, request.clientKey, lasting: \.clientKey)
        set(CURLOPT_USERAGENT, request.userAgent, lasting: \.userAgent)
        if lasting.acceptsCompression != request.acceptsCompression {
            // An empty list means every coding that libcurl can decode.
            easy.set(CURLOPT_ACCEPT_ENCODING, request.acceptsCompression ? "" : nil)
            lasting.acceptsCompression = request.acceptsCompression
        }
        if lasting.wantsCertificates != request.wantsCertificates {
            easy.set(CURLOPT_CERTINFO, request.wantsCertificates)
            lasting.wantsCertificates = request.wantsCertificates
        }
        setHeaders()
        easy.set(CURLOPT_SHARE, share.handle)
        if share.isToForgetCookies {
            easy.set(CURLOPT_COOKIELIST, "ALL")
            share.isToForgetCookies = false
        }
        if let addresses = hop.addresses {
            addressList = Self.list(addressList, adding: addresses)
            easy.set(CURLOPT_RESOLVE, list: addressList)
        }
        // Verbose output shows the head that is sent, and so whether it carries a cookie.
        easy.set(CURLOPT_VERBOSE, share.hasReceivedCookie || hop.tellsRefusals)
        errorText[0] = 0
    }

    /// Sets an option unless it has the value from an earlier request.
    private func set(_ option: CURLoption, _ value: String?, lasting path: WritableKeyPath<LastingOptions, String?>) {
        guard lasting[keyPath: path] != value else { return }
        easy.set(option, value)
        lasting[keyPath: path] = value
    }

    /// Frees the options that an idle handle does not need.
    func clearOptions() {
        easy.set(CURLOPT_HTTPHEADER, list: nil)
        if addressList != nil { easy.set(CURLOPT_RESOLVE, list: nil) }
        freeLists()
        easy.set(CURLOPT_SHARE, nil as UnsafeMutableRawPointer?)
        if request.body != nil { easy.setBody(nil) }
    }

    func freeLists() {
        curl_slist_free_all(headerList)
        headerList = nil
        curl_slist_free_all(addressList)
        addressList = nil
    }

    /// Whether the request has a body, be it an empty one.
    private var sendsBody: Bool {
        request.body != nil || ["POST", "PUT", "PATCH"].contains(request.method)
    }

    private func setMethod() {
        let method = request.method
        if sendsBody {
            easy.set(CURLOPT_POST, true)
            easy.setBody(request.body ?? [])
            easy.set(CURLOPT_CUSTOMREQUEST, method == "POST" ? nil : method)
        } else {
            easy.set(CURLOPT_HTTPGET, true)
            if method == "HEAD" { easy.set(CURLOPT_NOBODY, true) }
            easy.set(CURLOPT_CUSTOMREQUEST, method == "GET" || method == "HEAD" ? nil : method)
        }
    }

    private func setHeaders() {
        var cookie: String?
        var hasContentType = false
        for header in request.headers {
            switch header.name.lowercased() {
            case "cookie":
                cookie = header.value
                continue
            // The transport's own affair.
            case "content-length", "transfer-encoding", "expect": continue
            case "content-type": hasContentType = true
            default: break
            }
            // A name without a value is written with a semicolon; with a colon it would take the header out.
            append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        if sendsBody {
            append("Expect:")
            if !hasContentType { append("Content-Type:") }
        }
        easy.set(CURLOPT_HTTPHEADER, list: headerList)
        easy.set(CURLOPT_COOKIE, cookie)
        answer.sentCookie = cookie != nil
    }

    private func append(_ line: String) {
        headerList = Self.list(headerList, adding: line)
    }

    private static func list(
        _ list: UnsafeMutablePointer<curl_slist>?,
        adding line: String
    ) -> UnsafeMutablePointer<curl_slist> {
        guard let list = curl_slist_append(list, line) else { preconditionFailure("no memory for a request's options") }
        return list
    }
}

extension TransferRequest.Version {
    fileprivate var curlValue: Int {
        switch self {
        case .automatic: Int(CURL_HTTP_VERSION_2TLS)
        case .http1: Int(CURL_HTTP_VERSION_1_1)
        case .http2PriorKnowledge: Int(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
        }
    }
}
