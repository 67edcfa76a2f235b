import CCurl
import Glibc
import Synchronization

/// One thread that waits for sockets and timers and runs Swift tasks in between. Agents' tasks, started with
/// `Task(executorPreference: reactor)`, run on the same thread as libcurl's transfers.
///
/// The thread starts with the reactor and ends in ``shutdown()``, which must be called for every reactor.
///
/// `@unchecked Sendable`: the state that threads share is safe by itself (the inbox, the lag histogram, the name). The
/// event loop is used on the reactor's thread alone, which ``confined`` checks.
package final class Reactor: TaskExecutor, @unchecked Sendable {
    package let name: String
    private let inbox = Inbox()
    private let lag = Mutex(LagHistogram())
    private let loop: EventLoop
    /// The reactor's thread while it runs, else 0.
    private let threadID = Atomic<UInt>(0)
    private let joining = Mutex<pthread_t?>(nil)
    /// The time from which no request may begin, by ``MonotonicClock``.
    private let beginsUntilMicros = Atomic(Int64.max)

    /// Starts the reactor.
    ///
    /// - Parameter name: the thread's name in `ps` and debuggers; cut to 15 bytes.
    package init(name: String) {
        self.name = name
        loop = EventLoop(inbox: inbox)
        var thread = pthread_t()
        var everySignal = sigset_t()
        var former = sigset_t()
        // Other threads handle the process's signals. A write to a closed connection inside OpenSSL must not end the
        // process by SIGPIPE.
        sigfillset(&everySignal)
        pthread_sigmask(SIG_BLOCK, &everySignal, &former)
        let code = pthread_create(&thread, nil, Self.threadMain, Unmanaged.passRetained(self).toOpaque())
        pthread_sigmask(SIG_SETMASK, &former, nil)
        precondition(code == 0, "the system refuses to start the reactor's thread: raise the limit of processes")
        joining.withLock { $0 = thread }
    }

    private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let reactor = Unmanaged<Reactor>.fromOpaque(context).takeRetainedValue()
        reactor.threadID.store(UInt(pthread_self()), ordering: .relaxed)
        ape_name_thread(reactor.name)
        reactor.loop.run(on: reactor)
        reactor.threadID.store(0, ordering: .relaxed)
        return nil
    }

    /// Ends the reactor and waits for its thread. Running transfers fail as cancelled, sleepers wake with
    /// `CancellationError`, and tasks run until they next suspend. From then on they run on the global executor, where
    /// transfers and sleeps fail at once.
    ///
    /// Must not be called on the reactor's own thread. Calls after the first return at once.
    package func shutdown() {
        precondition(!isOnThread, "a reactor cannot wait for its own thread")
        guard let thread = joining.withLock({ $0.take() }) else { return }
        _ = inbox.post(.action { $0.stop() })
        pthread_join(thread, nil)
    }

    /// Returns how late timers fired since the last call, in microseconds, in the mean and at the 99th percentile; 0
    /// without samples. There is a sample at least every ``EventLoop/tickMicros``.
    package func takeLoopLag() -> (meanMicros: Int64, p99Micros: Int64) {
        lag.withLock { ($0.meanMicros, $0.takeP99Micros()) }
    }

    func recordLag(micros: Int64, period: Int64) {
        lag.withLock { $0.record(micros: micros, period: period) }
    }

    /// Lets requests begin until a time of ``MonotonicClock``; nil for no limit. A later request waits until it may
    /// begin or is cancelled. So a process that was suspended past that time sends nothing before it has noticed.
    package func letRequestsBegin(untilMicros: Int64?) {
        beginsUntilMicros.store(untilMicros ?? .max, ordering: .relaxed)
    }

    /// Whether a request may begin now.
    var mayBegin: Bool {
        let until = beginsUntilMicros.load(ordering: .relaxed)
        return until == .max || MonotonicClock.nowMicros < until
    }
}

extension Reactor {
    /// Whether the caller runs on the reactor's thread.
    var isOnThread: Bool {
        threadID.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// The event loop, for callers on its thread; nil when the reactor has ended.
    var confined: EventLoop? {
        guard !isOnThread else { return loop }
        precondition(
            inbox.isClosed,
            "a TransferClient was used off its reactor's thread: start the task with executorPreference: reactor"
        )
        return nil
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnThread {
            loop.append(.job(job))
        } else if !inbox.post(.job(job)) {
            globalConcurrentExecutor.enqueue(job)
        }
    }

    /// Runs `action` on the reactor's thread, at once when called there; false once the reactor has ended.
    func execute(_ action: @escaping @Sendable (EventLoop) -> Void) -> Bool {
        guard isOnThread else { return inbox.post(.action(action)) }
        action(loop)
        return true
    }

    /// Runs `action` on the reactor's thread after what is running there; it is dropped once the reactor has ended.
    func submit(_ action: @escaping @Sendable (EventLoop) -> Void) {
        if isOnThread {
            loop.append(.action(action))
        } else {
            _ = inbox.post(.action(action))
        }
    }
}
