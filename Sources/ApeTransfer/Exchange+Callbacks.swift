import CCurl
import Glibc

// The callbacks that libcurl makes during a transfer, always on the reactor's thread. Their context is the exchange,
// which outlives its handle. For the closing of sockets it is the poller, which outlives the connections. The closures
// are in a file without `@main`, so they are isolated to no actor.

let headerCallback: curl_write_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange.received(header: line) ? line.count : 0
}

let bodyCallback: curl_write_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange.received(body: part) ? part.count : 0
}

let requestCallback: curl_prereq_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.maySend() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

let debugCallback: curl_debug_callback = { _, kind, bytes, count, context in
    guard kind == CURLINFO_HEADER_OUT || kind == CURLINFO_TEXT, let bytes, let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let text = UnsafeRawBufferPointer(start: bytes, count: count)
    kind == CURLINFO_TEXT ? exchange.told(text) : exchange.sent(head: text)
    return 0
}

let openCallback: curl_opensocket_callback = { context, _, address in
    guard let context, let address else { return CURL_SOCKET_BAD }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.openSocket(address)
}

let closeCallback: curl_closesocket_callback = { context, descriptor in
    if let context {
        Unmanaged<Poller>.fromOpaque(context).takeUnretainedValue().closing(descriptor)
    }
    return close(descriptor)
}

extension Exchange {
    fileprivate func received(header line: UnsafeRawBufferPointer) -> Bool {
        if let first = line.first, first | 0x20 == UInt8(ascii: "s"), isSetCookie(line) {
            share?.hasReceivedCookie = true
            answer.cookieTrouble = answer.cookieTrouble ?? CookieLimit.trouble(setting: line)
        }
        guard answer.addHeader(line, now: { MonotonicClock.nowMicros }) else {
            let limit = AnswerBuffer.headerLimit >> 10
            failure = error(.protocolError, "\(origin) sent more than \(limit) KiB of headers")
            return false
        }
        if answer.isStream, line.count <= 2 { beginListening() }
        return true
    }

    fileprivate func received(body part: UnsafeRawBufferPointer) -> Bool {
        if answer.isFinishedByReader { return answer.drain(part) }
        guard let onBytes, 200..<300 ~= answer.status else {
            answer.addBody(part, isKept: true)
            if answer.isStream { answer.noteArrival(at: MonotonicClock.nowMicros) }
            return true
        }
        answer.addBody(part, isKept: false)
        switch onBytes(part) {
        case .continue: break
        case .finishWithin(let micros): endSoon(micros: micros)
        case .finish:
            answer.isFinishedByReader = true
            shard.markFinishedEarly(self)
        }
        return true
    }

    fileprivate func sent(head: UnsafeRawBufferPointer) {
        answer.sentCookie = answer.sentCookie || containsCookie(head)
        // Further verbose output costs time and is not needed. The head of a proxy tunnel precedes the request's own.
        if !sending.tellsRefusals, !head.starts(with: "CONNECT ".utf8) { easy.set(CURLOPT_VERBOSE, false) }
    }

    /// libcurl says that it sends a request again which the server has not processed, or that it leaves out a cookie.
    fileprivate func told(_ text: UnsafeRawBufferPointer) {
        if text.starts(with: "REFUSED_STREAM".utf8) { sending.wasRefused = true }
        answer.cookieTrouble = answer.cookieTrouble ?? CookieLimit.trouble(telling: text)
    }

    /// Whether the request may be sent: the first time, and again as ``RepeatRule`` allows. libcurl sends it again by
    /// itself where a connection that was open already ends before the answer begins.
    fileprivate func maySend() -> Bool {
        let wasSent = easy.long(CURLINFO_REQUEST_SIZE) > 0
        let isFirst = sending.count == 0
        if isFirst || RepeatRule.allows(hop.request.method, wasSent: wasSent, wasRefused: sending.isUnprocessed) {
            sending.note(begun: easy.long(CURLINFO_NUM_CONNECTS))
            return true
        }
        failure = unansweredError()
        return false
    }

    fileprivate func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        if let gate = hop.request.gate {
            let peer = PeerAddress(address)
            guard let peer, isAllowed(peer, by: gate) else {
                let name = peer?.description ?? "an address of an unknown kind"
                let whose = lasting.proxy?.isEmpty ?? true ? origin : "the proxy for \(origin)"
                failure = error(.notAllowed, "\(whose) resolves to \(name), which may not be connected to")
                return CURL_SOCKET_BAD
            }
            // A refused address of the same name no longer matters.
            failure = nil
        }
        let descriptor = DescriptorLimit.ofProcess.socket(
            family: address.pointee.family,
            kind: address.pointee.socktype,
            protocol: address.pointee.protocol
        )
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            failure = error(.other, "no socket for \(origin): \(reason); raise the worker's open file limit")
            return CURL_SOCKET_BAD
        }
        share?.opened(descriptor, in: shard.loop.poller)
        return descriptor
    }
}

extension Exchange {
    /// Asks the gate about the server, or about the proxy in front of it. The name behind a proxy has been checked
    /// before. A proxy from the environment is trusted, as it comes from whoever started this process.
    private func isAllowed(_ peer: PeerAddress, by gate: TransferGate) -> Bool {
        guard let proxy = lasting.proxy, !proxy.isEmpty else {
            return URLParts(hop.request.url).map { gate($0.host, $0.port, peer) } ?? false
        }
        guard hop.request.proxy != nil else { return true }
        guard let own = ProxyAddress(proxy), case .ip(let bytes, let port) = peer else { return false }
        return gate(own.host, own.port, .proxy(bytes: bytes, port: port))
    }
}

private func isSetCookie(_ line: UnsafeRawBufferPointer) -> Bool {
    line.prefix(11).elementsEqual("set-cookie:".utf8) { ($0 | 0x20) == $1 }
}

/// Whether a request's head has a `Cookie` line, which HTTP/2 writes in lower case.
private func containsCookie(_ head: UnsafeRawBufferPointer) -> Bool {
    var rest = head[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        rest = rest[(end + 1)...]
        if rest.prefix(7).elementsEqual("cookie:".utf8, by: { ($0 | 0x20) == $1 }) { return true }
    }
    return false
}
