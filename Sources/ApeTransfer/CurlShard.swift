import CCurl

/// A libcurl multi handle, with the connections and transfers of up to ``clientLimit`` clients.
///
/// libcurl searches the connections of a host one by one, so the cost of a request grows with the clients that share a
/// handle. Many handles under one epoll keep it constant.
final class CurlShard {
    /// The most clients of one shard.
    static let clientLimit = 128
    /// The number of idle connections that are kept for each client whose connections are shared.
    private static let connectionsPerClient = 2
    /// The least number of idle connections that are kept, in a pool or for a client of its own: one to each of the most
    /// targets of a scenario.
    private static let leastConnections = 64

    let index: Int
    private(set) var multi: UnsafeMutableRawPointer
    unowned let loop: EventLoop
    private(set) var clients = 0
    /// The number of idle connections that the clients may have together.
    private var connections = 0
    private var exchanges: [Exchange] = []
    private var idle: [Exchange] = []
    private var finishedEarly: [Exchange] = []
    private var isDue = false
    private var deadline: Int64?
    private var alarm: (token: TimerQueue<EventLoop.Alarm>.Token, deadline: Int64)?

    init(index: Int, loop: EventLoop) {
        self.index = index
        self.loop = loop
        multi = Self.makeMulti()
        prepareMulti()
    }

    private static func makeMulti() -> UnsafeMutableRawPointer {
        _ = CurlGlobal.ready
        guard let multi = curl_multi_init() else { preconditionFailure("no memory for a libcurl multi handle") }
        return multi
    }

    private func prepareMulti() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = ape_multi_on_socket(multi, socketCallback, context)
        _ = ape_multi_on_timer(multi, timerCallback, context)
        // No two requests are on one connection at a time: what ends it, such as a GOAWAY, concerns one of them.
        _ = ape_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    /// Frees everything. No transfer may be running.
    func close() {
        for exchange in exchanges { exchange.close() }
        exchanges = []
        idle = []
        finishedEarly = []
        curl_multi_cleanup(multi)
    }

    func attach(_ policy: ConnectionPolicy) {
        clients += 1
        limitConnections(policy, sign: 1)
    }

    /// Takes a client out whose requests have ended. With the last one all connections are closed.
    func detach(_ policy: ConnectionPolicy) {
        clients -= 1
        if clients == 0 {
            failAll()
            close()
            multi = Self.makeMulti()
            prepareMulti()
        }
        limitConnections(policy, sign: -1)
    }

    private func limitConnections(_ policy: ConnectionPolicy, sign: Int) {
        connections += sign * (policy == .client ? Self.leastConnections : Self.connectionsPerClient)
        _ = ape_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(Self.leastConnections, connections))
    }
}

// MARK: - Transfers

extension CurlShard {
    func acquire() -> Exchange {
        if let exchange = idle.popLast() { return exchange }
        let exchange = Exchange(shard: self)
        exchanges.append(exchange)
        return exchange
    }

    /// Takes back an exchange whose transfer has ended.
    func release(_ exchange: Exchange) {
        idle.append(exchange)
    }

    /// Notes that the reader of a stream has finished. The transfer itself may end in the same read.
    func markFinishedEarly(_ exchange: Exchange) {
        finishedEarly.append(exchange)
    }

    func failAll() {
        for exchange in exchanges { exchange.stop() }
    }
}

// MARK: - Driving libcurl

extension CurlShard {
    /// Drives the shard if libcurl asked for it and nothing has driven it since.
    func driveIfDue() {
        if isDue { drive() }
    }

    /// Lets libcurl act on its timers. One of them starts a new transfer.
    func drive() {
        isDue = false
        act(CURL_SOCKET_TIMEOUT, 0)
    }

    func socketReady(_ descriptor: Int32, _ mask: UInt32) {
        act(descriptor, Poller.curlMask(mask))
    }

    func alarmFired(now: Int64) {
        alarm = nil
        guard let deadline else { return }
        if deadline <= now {
            self.deadline = nil
            drive()
        } else {
            setAlarm(deadline)
        }
    }

    private func act(_ descriptor: curl_socket_t, _ mask: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(multi, descriptor, mask, &running)
        collect()
    }

    /// Ends the transfers that libcurl reports as done, then the streams whose readers have finished.
    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message belongs to libcurl and is freed by the next call.
            let code = message.pointee.data.result
            Exchange.of(easy)?.ended(code)
        }
        guard !finishedEarly.isEmpty else { return }
        let exchanges = finishedEarly
        finishedEarly.removeAll(keepingCapacity: true)
        for exchange in exchanges { exchange.letGo() }
    }

    /// Sets when libcurl wants to be called: in `millis`; -1 for never.
    fileprivate func setTimeout(millis: Int) {
        guard millis > 0 else {
            deadline = nil
            if millis == 0, !isDue {
                isDue = true
                loop.markDue(self)
            }
            return
        }
        let deadline = MonotonicClock.nowMicros + Int64(millis) * 1_000
        self.deadline = deadline
        // A later deadline is checked when the earlier alarm fires: deadlines move with every request, and most are
        // never reached.
        if let alarm, alarm.deadline <= deadline { return }
        setAlarm(deadline)
    }

    private func setAlarm(_ deadline: Int64) {
        if let alarm { loop.timers.remove(alarm.token) }
        alarm = (loop.timers.insert(.shard(self), deadline: deadline), deadline)
    }
}

// The contexts of the callbacks below are shards, which outlive their multi handles.

private let socketCallback: curl_socket_callback = { _, descriptor, what, context, _ in
    guard let context else { return 0 }
    let shard = Unmanaged<CurlShard>.fromOpaque(context).takeUnretainedValue()
    shard.loop.poller.want(descriptor, Poller.mask(curl: what), shard: shard.index)
    return 0
}

private let timerCallback: curl_multi_timer_callback = { _, millis, context in
    guard let context else { return 0 }
    Unmanaged<CurlShard>.fromOpaque(context).takeUnretainedValue().setTimeout(millis: millis)
    return 0
}
