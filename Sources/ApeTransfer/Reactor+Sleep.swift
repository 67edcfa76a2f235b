extension Reactor {
    /// Waits on the reactor's timers, from any task.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled, or when the reactor ends.
    package nonisolated(nonsending) func sleep(micros: Int64) async throws {
        let sleeper = Sleeper()
        let deadline = MonotonicClock.nowMicros + min(max(0, micros), Int64.max / 2)
        let slept = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let accepted = execute { sleeper.start(continuation, deadline: deadline, on: $0) }
                if !accepted { continuation.resume(returning: false) }
            }
        } onCancel: {
            submit { sleeper.cancel(on: $0) }
        }
        guard slept else { throw CancellationError() }
    }
}

/// One task's wait for a deadline.
///
/// `@unchecked Sendable`: the reference crosses threads, its state is touched on the reactor's thread alone.
final class Sleeper: @unchecked Sendable {
    private var continuation: UnsafeContinuation<Bool, Never>?
    private var token: TimerQueue<EventLoop.Alarm>.Token?
    private var isCancelled = false

    func start(_ continuation: UnsafeContinuation<Bool, Never>, deadline: Int64, on loop: EventLoop) {
        guard !isCancelled, !loop.isStopping else { return continuation.resume(returning: false) }
        self.continuation = continuation
        token = loop.timers.insert(.sleeper(self), deadline: deadline)
    }

    func cancel(on loop: EventLoop) {
        isCancelled = true
        if let token { loop.timers.remove(token) }
        wake(slept: false)
    }

    func wake(slept: Bool) {
        token = nil
        continuation.take()?.resume(returning: slept)
    }
}
