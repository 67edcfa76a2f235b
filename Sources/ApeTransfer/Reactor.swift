import CCurl
import Glibc
import Synchronization

/// One thread that waits for sockets and timers and runs Swift tasks in between: agents' tasks, started with
/// `Task(executorPreference: reactor)`, run on the very thread that libcurl's transfers are driven by.
///
/// The thread starts with the reactor and ends in ``shutdown()``, which every reactor needs.
///
/// `@unchecked Sendable`: what threads share is the inbox, the lag meter and the thread's name, all of them safe; the
/// event loop is touched on the reactor's thread alone, which ``confined`` checks.
package final class Reactor: TaskExecutor, @unchecked Sendable {
    package let name: String
    private let inbox = Inbox()
    private let lag = Mutex(LagHistogram())
    private let loop: EventLoop
    /// The reactor's thread while it runs, else 0.
    private let threadID = Atomic<UInt>(0)
    private let joining = Mutex<pthread_t?>(nil)
    /// No request begins from then on, by ``MonotonicClock``.
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
        // Signals belong to the process's other threads; a write to a closed connection inside OpenSSL must not
        // end the process by SIGPIPE.
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

    /// Ends the reactor and waits for its thread: transfers under way fail as cancelled, sleepers wake with
    /// `CancellationError`, and tasks run until they wait for something else. What a task does after that runs on
    /// the global executor, where transfers and sleeps fail at once.
    ///
    /// Must not be called on the reactor's own thread. Calls after the first return at once.
    package func shutdown() {
        precondition(!isOnThread, "a reactor cannot wait for its own thread")
        guard let thread = joining.withLock({ $0.take() }) else { return }
        _ = inbox.post(.action { $0.stop() })
        pthread_join(thread, nil)
    }

    /// The 99th percentile of how late timers fired since the last call, in microseconds; samples come at least every
    /// ``EventLoop/tickMicros``. 0 when there is none.
    package func takeLoopLagP99Micros() -> Int64 {
        lag.withLock { $0.takeP99Micros() }
    }

    func recordLag(micros: Int64) {
        lag.withLock { $0.record(micros: micros) }
    }

    /// Lets requests begin until a moment of ``MonotonicClock``; nil for ever. One that comes later waits until it may
    /// begin or is cancelled, so a process that was stopped past that moment sends nothing before it has noticed.
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
    package var isOnThread: Bool {
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
