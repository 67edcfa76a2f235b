/// One task's wait for a deadline.
///
/// `@unchecked Sendable`: the reference crosses threads; its state is used on the reactor's thread alone.
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
