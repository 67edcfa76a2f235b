extension Reactor {
    /// Sleeps on the reactor's timers. Any task may call it.
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
