import CCurl

/// One request and its answer: a libcurl handle that the clients of a shard reuse.
///
/// idle → (``prepare(_:_:)``) ready → (``start(_:)``) running → (done, failed, cancelled) idle.
/// A stream whose reader has finished goes from running to draining, which no task waits for.
///
/// `@unchecked Sendable`: a cancelled task passes its reference to the reactor's thread, which alone uses it.
final class Exchange: @unchecked Sendable {
    enum Phase {
        case idle
        case running
        case draining
    }

    let easy = CurlEasy()
    unowned let shard: CurlShard
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// The values of options that are kept from one request to the next.
    var lasting = LastingOptions()
    var headerList: UnsafeMutablePointer<curl_slist>?
    var addressList: UnsafeMutablePointer<curl_slist>?
    var body: SentBody?
    /// The header that is being written; its room is used again.
    var line: [UInt8] = []

    private(set) var phase = Phase.idle
    /// The number of the request, so that a late cancellation does not end the next one.
    private(set) var generation = 0
    /// The request; an empty one while idle.
    private(set) var hop: Hop
    private let noHop = Hop(request: TransferRequest(url: ""))
    var share: ClientShare?
    var onBytes: ((UnsafeRawBufferPointer) -> StreamAction)?
    var sending = Sending()
    var answer = AnswerBuffer()
    /// The error of a callback, which libcurl reports only as a refusal.
    var failure: TransferError?
    var startedMicros: Int64 = 0
    private var firstByteDeadline: Int64 = 0
    private var totalDeadline: Int64 = 0
    /// When a stream ends whose reader has its answer; nil while it has not.
    private var graceDeadline: Int64?
    /// When a stream of events has been listened to for long enough; nil where its end is waited for.
    private var listenDeadline: Int64?
    private var alarm: TimerQueue<EventLoop.Alarm>.Token?
    private var continuation: UnsafeContinuation<Void, Never>?

    init(shard: CurlShard) {
        self.shard = shard
        hop = noHop
        setFixedOptions()
    }

    deinit {
        errorText.deallocate()
    }

    /// The exchange that a handle belongs to.
    static func of(_ easy: UnsafeMutableRawPointer) -> Exchange? {
        var context: UnsafeMutableRawPointer?
        _ = ape_curl_get_pointer(easy, CURLINFO_PRIVATE, &context)
        return context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    func close() {
        curl_easy_cleanup(easy.handle)
        freeLists()
    }

    /// Sets up a request. The caller starts it at once or returns the exchange.
    func prepare(_ hop: Hop, _ share: ClientShare) {
        generation += 1
        self.hop = hop
        self.share = share
        onBytes = hop.onBytes
        startedMicros = hop.startedMicros
        totalDeadline = hop.totalDeadline
        sending = Sending(hop)
        answer = AnswerBuffer(bodyLimit: hop.request.bodyLimit)
        failure = nil
        graceDeadline = nil
        listenDeadline = nil
        setOptions(share)
    }

    /// Hands the request to libcurl. Where a connection is free, the request has been sent when this returns.
    ///
    /// - Parameter continuation: resumed once the hop has ended.
    func start(_ continuation: UnsafeContinuation<Void, Never>) {
        self.continuation = continuation
        phase = .running
        firstByteDeadline = startedMicros + TransferRequest.bounded(hop.request.firstByteTimeoutMicros)
        setAlarm(min(firstByteDeadline, totalDeadline))
        let code = curl_multi_add_handle(shard.multi, easy.handle)
        precondition(code == CURLM_OK, "libcurl refuses a transfer: \(String(cString: curl_multi_strerror(code)))")
        shard.drive()
    }
}

// MARK: - Ends

extension Exchange {
    /// Ends the transfer that libcurl reports as done.
    func ended(_ code: CURLcode) {
        switch phase {
        case .idle: return
        case .draining: finish(nil)
        case .running:
            if code == CURLE_OK, !answer.isHeadWhole, !hop.request.connectsOnly {
                finish(.failure(error(.closed, "\(origin) closed the connection within the headers")))
            } else if code == CURLE_OK, isRefusedByProxy {
                finish(.failure(proxyError(.refuses(status: 407))))
            } else if code == CURLE_OK || answer.isFinishedByReader || graceDeadline != nil {
                finish(.success(response()))
            } else if let failure {
                finish(.failure(failure))
            } else {
                finish(.failure(curlError(code)))
            }
        }
    }

    /// Resumes the task of a stream whose reader has finished. The rest of the body is read for a moment longer, since
    /// the connection can be reused only after its end.
    func letGo() {
        guard phase == .running, answer.isFinishedByReader else { return }
        hop.end(.success(response()))
        phase = .draining
        onBytes = nil
        setAlarm(MonotonicClock.nowMicros + Self.drainMicros)
        continuation.take()?.resume()
    }

    /// Leaves a stream whose reader has its answer a little time to end by itself.
    func endSoon(micros: Int64) {
        guard phase == .running, graceDeadline == nil else { return }
        let deadline = min(totalDeadline, MonotonicClock.nowMicros + micros)
        graceDeadline = deadline
        setAlarm(deadline)
    }

    /// The head of the answer is whole: from here on a stream of events is listened to.
    func beginListening() {
        guard phase == .running, answer.isStream, onBytes == nil, let micros = hop.request.listenMicros else { return }
        listenDeadline = MonotonicClock.nowMicros + TransferRequest.bounded(micros)
        setAlarm(min(totalDeadline, listenDeadline ?? totalDeadline))
    }

    /// Ends a request whose task was cancelled, unless it has ended since.
    func cancel(generation: Int) {
        guard phase == .running, generation == self.generation else { return }
        finish(.failure(error(.cancelled, "the request was cancelled")))
    }

    /// Ends the transfer because the reactor shuts down.
    func stop() {
        guard phase != .idle else { return }
        finish(.failure(error(.cancelled, "the request was cancelled: its reactor has shut down")))
    }

    func alarmFired(now: Int64) {
        alarm = nil
        switch phase {
        case .idle: return
        case .draining: finish(nil)
        case .running:
            if let graceDeadline {
                now >= graceDeadline ? finish(.success(response())) : setAlarm(graceDeadline)
            } else if let listenDeadline, now >= listenDeadline {
                var response = response()
                response.wasListenedTo = true
                finish(.success(response))
            } else if now >= totalDeadline {
                let message = "\(origin) did not complete its answer within the total timeout"
                finish(.failure(error(.totalTimeout, message)))
            } else if answer.firstByteMicros == 0 {
                let seconds = Double(hop.request.firstByteTimeoutMicros) / 1_000_000
                finish(.failure(error(.firstByteTimeout, "\(origin) sent nothing within \(seconds) s")))
            } else {
                setAlarm(totalDeadline)
            }
        }
    }

    private func setAlarm(_ deadline: Int64) {
        if let alarm { shard.loop.timers.remove(alarm) }
        alarm = shard.loop.timers.insert(.exchange(self), deadline: deadline)
    }

    /// Takes the transfer out of libcurl, resumes the waiting task, and returns to the shard's idle exchanges.
    private func finish(_ outcome: Result<TransferResponse, TransferError>?) {
        if let alarm { shard.loop.timers.remove(alarm) }
        alarm = nil
        curl_multi_remove_handle(shard.multi, easy.handle)
        phase = .idle
        onBytes = nil
        clearOptions()
        share = nil
        answer = AnswerBuffer()
        if let outcome, let continuation {
            self.continuation = nil
            hop.end(outcome)
            continuation.resume()
        }
        hop = noHop
        shard.release(self)
    }
}
