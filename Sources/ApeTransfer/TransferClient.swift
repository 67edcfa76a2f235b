/// The HTTP client of one user: it has its own cookies, and unless its policy says otherwise its own connections, which
/// it keeps alive.
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
    /// How often a request looks whether its name's addresses are there, in microseconds: once a minute for a name.
    private static let lookupPollMicros: Int64 = 500

    package let reactor: Reactor
    private let policy: ConnectionPolicy
    private let number: Int
    private var shard: CurlShard?
    private var share: ClientShare?
    /// Whether the last answer came over HTTP/2.
    private var speaksHTTP2 = false

    /// - Parameters:
    ///   - reactor: where its requests run.
    ///   - connections: who uses its connections.
    ///   - number: its place among the clients that spread over the addresses of a name.
    package init(reactor: Reactor, connections: ConnectionPolicy = .client, number: Int = 0) {
        self.reactor = reactor
        policy = connections
        self.number = number
    }

    deinit {
        let leaving = Leaving(share: share, shard: shard?.index, policy: policy)
        share = nil
        reactor.submit { loop in
            leaving.share?.leave(loop.poller)
            leaving.share = nil
            if let index = leaving.shard, index < loop.shards.count { loop.shards[index].detach(leaving.policy) }
        }
    }

    /// What a client leaves to its reactor's thread, where its connections are closed.
    ///
    /// `@unchecked Sendable`: it is handed over once, by the client's last reference.
    private final class Leaving: @unchecked Sendable {
        var share: ClientShare?
        let shard: Int?
        let policy: ConnectionPolicy

        init(share: ClientShare?, shard: Int?, policy: ConnectionPolicy) {
            self.share = share
            self.shard = shard
            self.policy = policy
        }
    }

    /// Forgets all cookies, and closes the connections of ``ConnectionPolicy/session``. Running transfers keep theirs.
    package func beginSession() {
        guard reactor.confined != nil else { return }
        if policy == .session { share = nil } else { share?.forgetCookies() }
    }

    /// Makes a request and reads its whole answer. At most `bodyLimit` bytes of the body are kept.
    ///
    /// - Parameter request: the request.
    /// - Returns: the last answer.
    /// - Throws: ``TransferError`` for every failure to get an answer. A status of 400 or 500 is an answer.
    package nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse {
        try await run(request, onBytes: nil).takeResponse()
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
        try await run(request, onBytes: onBytes).takeResponse()
    }
}

// What seldom happens, and what does not wait, has functions of its own below: the frame of an async function holds the
// values of all its ways, and each agent has such frames as long as a request is out.
extension TransferClient {
    private nonisolated(nonsending) func run(
        _ request: TransferRequest,
        onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    ) async throws(TransferError) -> Hop {
        let totalDeadline = MonotonicClock.nowMicros + TransferRequest.bounded(request.totalTimeoutMicros)
        if !reactor.mayBegin { try await waitForPermission() }
        let hop = try hop(request, totalDeadline: totalDeadline, onBytes)
        try await make(hop)
        if hop.leadsOn { try await follow(hop) }
        return hop
    }

    /// Checks a request that is about to go out.
    @inline(never) func hop(
        _ request: TransferRequest,
        totalDeadline: Int64,
        _ onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    ) throws(TransferError) -> Hop {
        try request.check()
        let proxy = try proxy(for: request)
        let hop = Hop(request: request, proxy: proxy, totalDeadline: totalDeadline, onBytes: onBytes)
        hop.tellsRefusals = speaksHTTP2 && !RepeatRule.isIdempotent(request.method)
        return hop
    }

    /// Makes a hop, and makes it again where its connection ended before an answer and that is safe.
    nonisolated(nonsending) func make(_ hop: Hop) async throws(TransferError) {
        if hop.name != nil { try await lookUp(hop) }
        try await send(hop)
        if hop.mayRepeat() { try await send(hop) }
    }

    @inline(never) nonisolated(nonsending) func waitForPermission() async throws(TransferError) {
        while !reactor.mayBegin { try await wait(micros: Self.permissionPollMicros) }
    }

    @inline(never) private nonisolated(nonsending) func send(_ hop: Hop) async throws(TransferError) {
        let exchange = try exchange(for: hop)
        let generation = exchange.generation
        await withTaskCancellationHandler {
            await withUnsafeContinuation { exchange.start($0) }
        } onCancel: { [reactor] in
            reactor.submit { _ in exchange.cancel(generation: generation) }
        }
        if let wasHTTP2 = hop.wasHTTP2 { speaksHTTP2 = wasHTTP2 }
    }

    /// What sends a hop, set up for it.
    @inline(never) private func exchange(for hop: Hop) throws(TransferError) -> Exchange {
        let loop = try runningLoop()
        let shard = shard ?? loop.attachClient(policy)
        self.shard = shard
        let share = share ?? ClientShare(policy, owner: loop.newOwner())
        self.share = share
        if let name = hop.name, let answer = hop.lookup {
            hop.addresses = share.entry(for: name, answer, client: number)
        }
        let exchange = shard.acquire()
        exchange.prepare(hop, share)
        return exchange
    }

    /// Waits for the addresses of the name that a hop connects to. A name without addresses is left to libcurl, which says
    /// why.
    @inline(never) private nonisolated(nonsending) func lookUp(_ hop: Hop) async throws(TransferError) {
        while try !isKnown(hop) { try await wait(micros: Self.lookupPollMicros) }
    }

    @inline(never) private func isKnown(_ hop: Hop) throws(TransferError) -> Bool {
        guard let name = hop.name?.name else { return true }
        if let answer = try runningLoop().names.answer(for: name, on: reactor) {
            hop.lookup = answer
            hop.lookupMicros = MonotonicClock.nowMicros - hop.startedMicros
            return true
        }
        guard MonotonicClock.nowMicros < hop.connectDeadline else {
            let isDirect = hop.proxy.isEmpty
            let whose = isDirect ? name : "the proxy \(name)"
            let message = "the addresses of \(whose) were not found within the time to connect"
            var error = TransferError(isDirect ? .connectTimeout : .proxy, message, startedMicros: hop.startedMicros)
            error.connection.hasFailed = true
            throw error
        }
        return false
    }

    private nonisolated(nonsending) func wait(micros: Int64) async throws(TransferError) {
        do {
            try await reactor.sleep(micros: micros)
        } catch {
            throw TransferError(.cancelled, "the request was not sent: its task is cancelled")
        }
    }

    /// The reactor's loop, for a request that is about to go out.
    private func runningLoop() throws(TransferError) -> EventLoop {
        guard let loop = reactor.confined, !loop.isStopping else {
            throw TransferError(.cancelled, "the request was not sent: its reactor has shut down")
        }
        guard !Task.isCancelled else {
            throw TransferError(.cancelled, "the request was not sent: its task is cancelled")
        }
        return loop
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
