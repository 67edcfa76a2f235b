/// The HTTP client of one user: it has its own cookies, and keeps its connections alive in one of the reactor's shards.
///
/// It can be created on any thread. Requests are made by tasks that prefer the reactor as their executor
/// (`group.addTask(executorPreference: reactor)`), so that no step changes threads. Several tasks may use one client at
/// a time.
///
/// `@unchecked Sendable`: its state is used on the reactor's thread alone. Every method checks that it runs there, and
/// stops the program where it does not.
package final class TransferClient: @unchecked Sendable {
    /// How often a request that may not begin yet checks again, in microseconds.
    private static let permissionPollMicros: Int64 = 10_000

    package let reactor: Reactor
    private var shard: CurlShard?
    private var jar = CookieJar()

    package init(reactor: Reactor) {
        self.reactor = reactor
    }

    deinit {
        guard let index = shard?.index else { return }
        reactor.submit { loop in
            if index < loop.shards.count { loop.shards[index].detachClient() }
        }
    }

    /// Discards all cookies, for a new session. Running transfers keep the old ones.
    package func resetCookies() {
        guard reactor.confined != nil else { return }
        jar = CookieJar()
    }

    /// Makes a request and reads its whole answer. At most `bodyLimit` bytes of the body are kept.
    ///
    /// - Parameter request: the request.
    /// - Returns: the last answer.
    /// - Throws: ``TransferError`` for every failure to get an answer. A status of 400 or 500 is an answer.
    package nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse {
        try await run(request, onBytes: nil)
    }

    /// Makes a request and passes the body of a 2xx answer to `onBytes` as it arrives. The body of any other answer is
    /// kept as in ``perform(_:)``.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - onBytes: called on the reactor's thread for every read, with bytes that are valid during the call only. Once
    ///     it returns `.finish` it is not called again, and the answer counts as ended.
    /// - Returns: the answer without the body that was passed on.
    /// - Throws: ``TransferError`` for every failure to get an answer, also after bytes were passed on.
    package nonisolated(nonsending) func stream(
        _ request: TransferRequest,
        onBytes: @escaping (UnsafeRawBufferPointer) -> StreamAction
    ) async throws(TransferError) -> TransferResponse {
        try await run(request, onBytes: onBytes)
    }
}

extension TransferClient {
    private nonisolated(nonsending) func run(
        _ request: TransferRequest,
        onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    ) async throws(TransferError) -> TransferResponse {
        let totalDeadline = MonotonicClock.nowMicros + TransferRequest.bounded(request.totalTimeoutMicros)
        var hop = request
        var response = try await makeHop(hop, totalDeadline: totalDeadline, onBytes: onBytes)
        guard response.isRedirect, request.maxRedirects > 0 else { return response }
        let firstStarted = response.startedMicros
        var sentCookie = response.sentCookie
        var redirectedFrom: [TransferResponse] = []
        do throws(TransferError) {
            while response.isRedirect, let location = response.header("location") {
                guard redirectedFrom.count < request.maxRedirects else {
                    throw TransferError(.tooManyRedirects, "more than \(request.maxRedirects) redirects")
                }
                hop = try hop.following(location, status: response.status)
                redirectedFrom.append(response)
                response = try await makeHop(hop, totalDeadline: totalDeadline, onBytes: onBytes)
                sentCookie = sentCookie || response.sentCookie
            }
        } catch {
            var error = error
            error.startedMicros = firstStarted
            throw error
        }
        response.startedMicros = firstStarted
        response.sentCookie = sentCookie
        response.redirectedFrom = redirectedFrom
        return response
    }

    private nonisolated(nonsending) func makeHop(
        _ request: TransferRequest,
        totalDeadline: Int64,
        onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    ) async throws(TransferError) -> TransferResponse {
        try request.check()
        let proxy = try proxy(for: request)
        while !reactor.mayBegin {
            do {
                try await reactor.sleep(micros: Self.permissionPollMicros)
            } catch {
                throw TransferError(.cancelled, "the request was not sent: its task is cancelled")
            }
        }
        guard let loop = reactor.confined, !loop.isStopping else {
            throw TransferError(.cancelled, "the request was not sent: its reactor has shut down")
        }
        guard !Task.isCancelled else {
            throw TransferError(.cancelled, "the request was not sent: its task is cancelled")
        }
        let shard = shard ?? loop.attachClient()
        self.shard = shard
        let exchange = shard.acquire()
        exchange.prepare(request, jar: jar, proxy: proxy, totalDeadline: totalDeadline)
        exchange.onBytes = onBytes
        let generation = exchange.generation
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { exchange.start($0) }
        } onCancel: { [reactor] in
            reactor.submit { _ in exchange.cancel(generation: generation) }
        }
        return try outcome.get()
    }

    /// The proxy to use; empty for none. The gate is asked about the name that the proxy will resolve.
    private func proxy(for request: TransferRequest) throws(TransferError) -> String {
        if request.proxy == nil, ProxyRules.ofProcess.isEmpty { return "" }
        if let proxy = request.proxy, proxy.isEmpty { return "" }
        guard let url = URLParts(request.url) else {
            throw TransferError(.invalidURL, "the URL cannot be read")
        }
        let proxy = request.proxy ?? ProxyRules.ofProcess.proxy(for: url)
        if !proxy.isEmpty, let gate = request.gate, !gate(url.host, url.port, .throughProxy) {
            throw TransferError(.notAllowed, "\(url.origin) may not be connected to, also not through a proxy")
        }
        return proxy
    }
}

extension TransferResponse {
    fileprivate var isRedirect: Bool {
        [301, 302, 303, 307, 308].contains(status)
    }
}

extension TransferRequest {
    fileprivate func following(_ location: String, status: Int) throws(TransferError) -> TransferRequest {
        guard let origin = URLParts(url), let target = URLParts(location, relativeTo: url) else {
            throw TransferError(.invalidURL, "a redirect leads to what is neither an http nor an https URL")
        }
        return redirected(status: status, from: origin, to: target)
    }
}
