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
    var keepsTLSSessions = true
    /// Whose connections are used.
    var owner: UInt32 = 0
    /// libcurl's default file of authorities.
    var systemCAFile: String?
}

extension Exchange {
    /// How much of an answer is read at once. libcurl's own 16 KiB for each request that is out would be a good part of a
    /// worker's memory, and few events or answers are longer than this.
    static let readBytes = 8192

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
        easy.set(CURLOPT_BUFFERSIZE, Self.readBytes)
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
    func setOptions(_ share: ClientShare) {
        easy.set(CURLOPT_URL, hop.request.url)
        setMethod()
        easy.set(CURLOPT_CONNECT_ONLY, hop.request.connectsOnly)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, hop.connectTimeoutMillis)
        easy.set(CURLOPT_HTTP_VERSION, hop.request.httpVersion.curlValue)
        let isPriorKnowledge = hop.request.httpVersion == .http2PriorKnowledge
        setOwner(share)
        let isForOneRequest =
            isPriorKnowledge && !CurlGlobal.reusesPriorKnowledge || lasting.owner != share.owner
        easy.set(CURLOPT_FRESH_CONNECT, hop.earlier != nil || isForOneRequest)
        easy.set(CURLOPT_FORBID_REUSE, isForOneRequest)
        easy.set(CURLOPT_PROXY, hop.proxy, unlessIs: &lasting.proxy)
        easy.set(CURLOPT_CAINFO, hop.request.caFile ?? lasting.systemCAFile, unlessIs: &lasting.caFile)
        easy.set(CURLOPT_SSLCERT, hop.request.clientCertificate, unlessIs: &lasting.clientCertificate)
        easy.set(CURLOPT_SSLKEY, hop.request.clientKey, unlessIs: &lasting.clientKey)
        // A proxy is told who asks before it connects.
        easy.set(CURLOPT_USERAGENT, hop.proxy.isEmpty ? nil : hop.request.userAgent, unlessIs: &lasting.userAgent)
        if lasting.acceptsCompression != hop.request.acceptsCompression {
            // An empty list means every coding that libcurl can decode. That it decodes is set here; what it writes of
            // itself it writes twice, so that the header is one of the request's.
            easy.set(CURLOPT_ACCEPT_ENCODING, hop.request.acceptsCompression ? "" : nil)
            lasting.acceptsCompression = hop.request.acceptsCompression
        }
        if lasting.wantsCertificates != hop.request.wantsCertificates {
            easy.set(CURLOPT_CERTINFO, hop.request.wantsCertificates)
            lasting.wantsCertificates = hop.request.wantsCertificates
        }
        setHeaders()
        let keepsTLSSessions = !hop.isEncrypted || share.keepsTLSSessions()
        if lasting.keepsTLSSessions != keepsTLSSessions {
            easy.set(CURLOPT_SSL_SESSIONID_CACHE, keepsTLSSessions)
            lasting.keepsTLSSessions = keepsTLSSessions
        }
        easy.set(CURLOPT_SHARE, share.handle)
        if share.isToForgetCookies {
            easy.set(CURLOPT_COOKIELIST, "ALL")
            share.isToForgetCookies = false
        }
        if let addresses = hop.addresses {
            addressList = Self.list(addressList, adding: Array("\(addresses)\0".utf8))
            easy.set(CURLOPT_RESOLVE, list: addressList)
        }
        // Verbose output shows the head that is sent, and so whether it carries a cookie.
        easy.set(CURLOPT_VERBOSE, share.hasReceivedCookie || hop.tellsRefusals)
        errorText[0] = 0
    }

    /// Keeps the client's connections apart from those of others in the shard. libcurl finds a connection by its host, its
    /// port and the scope of its address. The scope is any number as long as the address is not of one link alone; such a
    /// connection belongs to nobody, and may serve one request only.
    private func setOwner(_ share: ClientShare) {
        let owner = hop.isToLinkLocalAddress ? 0 : share.owner
        guard lasting.owner != owner else { return }
        easy.set(CURLOPT_ADDRESS_SCOPE, Int(owner))
        lasting.owner = owner
    }

    /// Frees the options that an idle handle does not need.
    func clearOptions() {
        easy.set(CURLOPT_HTTPHEADER, list: nil)
        if addressList != nil { easy.set(CURLOPT_RESOLVE, list: nil) }
        freeLists()
        easy.set(CURLOPT_SHARE, nil as UnsafeMutableRawPointer?)
        if let body {
            easy.setBody(nil)
            body.free()
        }
        body = nil
    }

    func freeLists() {
        curl_slist_free_all(headerList)
        headerList = nil
        curl_slist_free_all(addressList)
        addressList = nil
    }

    /// Whether the request has a body, be it an empty one.
    private var sendsBody: Bool {
        let method = hop.request.method
        return hop.request.body != nil || method == "POST" || method == "PUT" || method == "PATCH"
    }

    private func setMethod() {
        let method = hop.request.method
        if sendsBody {
            easy.set(CURLOPT_POST, true)
            let body = SentBody(hop.request.body ?? RequestBody([]))
            easy.setBody(body)
            self.body = body
            easy.set(CURLOPT_CUSTOMREQUEST, method == "POST" ? nil : method)
        } else {
            easy.set(CURLOPT_HTTPGET, true)
            if method == "HEAD" { easy.set(CURLOPT_NOBODY, true) }
            easy.set(CURLOPT_CUSTOMREQUEST, method == "GET" || method == "HEAD" ? nil : method)
        }
    }

    // What libcurl would add of itself, taken out.
    private static let noExpect = Array("Expect:\0".utf8)
    private static let noContentType = Array("Content-Type:\0".utf8)

    private func setHeaders() {
        var cookie: String?
        let userAgent = hop.request.userAgent ?? ""
        var hasContentType = false
        var hasUserAgent = userAgent.isEmpty
        var hasCodings = !hop.request.acceptsCompression || CurlGlobal.codings.isEmpty
        for header in hop.request.headers {
            if header.name.isHeader("cookie") {
                cookie = header.value
                continue
            }
            // The transport's own affair.
            if header.name.isHeader("content-length") || header.name.isHeader("transfer-encoding")
                || header.name.isHeader("expect")
            {
                continue
            }
            hasContentType = hasContentType || header.name.isHeader("content-type")
            hasUserAgent = hasUserAgent || header.name.isHeader("user-agent")
            hasCodings = hasCodings || header.name.isHeader("accept-encoding")
            append(header.name, header.value)
        }
        if !hasUserAgent { append("User-Agent", userAgent) }
        if !hasCodings { append("Accept-Encoding", CurlGlobal.codings) }
        if sendsBody {
            headerList = Self.list(headerList, adding: Self.noExpect)
            if !hasContentType { headerList = Self.list(headerList, adding: Self.noContentType) }
        }
        easy.set(CURLOPT_HTTPHEADER, list: headerList)
        easy.set(CURLOPT_COOKIE, cookie)
        answer.sentCookie = cookie != nil
    }

    /// Adds a header. A name without a value is written with a semicolon; with a colon it would take the header out.
    private func append(_ name: String, _ value: String) {
        line.removeAll(keepingCapacity: true)
        line += name.utf8
        if value.isEmpty {
            line.append(UInt8(ascii: ";"))
        } else {
            line.append(UInt8(ascii: ":"))
            line.append(UInt8(ascii: " "))
            line += value.utf8
        }
        line.append(0)
        headerList = Self.list(headerList, adding: line)
    }

    /// A list with one more line, which ends with a zero byte.
    private static func list(
        _ list: UnsafeMutablePointer<curl_slist>?,
        adding line: [UInt8]
    ) -> UnsafeMutablePointer<curl_slist> {
        guard let list = curl_slist_append(list, line) else { preconditionFailure("no memory for a request's options") }
        return list
    }
}

extension String {
    /// Whether this is the header of a name in lower case.
    fileprivate func isHeader(_ name: StaticString) -> Bool {
        utf8.count == name.utf8CodeUnitCount
            && name.withUTF8Buffer { zip($0, utf8).allSatisfy { $0 == $1 | 0x20 } }
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
