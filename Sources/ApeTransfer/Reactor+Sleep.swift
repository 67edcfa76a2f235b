extension Reactor {
    /// Sleeps on the reactor's timers. Any task may call it.
    ///
    /// - Parameters:
    ///   - micros: for how long, in microseconds.
    ///   - keep: takes, before the sleep begins, what cuts it short; it may be called at any time and from any thread.
    /// - Throws: `CancellationError` as soon as the task is cancelled, the sleep is cut short, or the reactor ends.
    package nonisolated(nonsending) func sleep(
        micros: Int64,
        cancelledBy keep: (_ cancel: @escaping @Sendable () -> Void) -> Void = { _ in }
    ) async throws {
        let sleeper = Sleeper()
        keep { self.submit { sleeper.cancel(on: $0) } }
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
