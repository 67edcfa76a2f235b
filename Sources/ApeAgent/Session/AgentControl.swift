import Synchronization

/// Ends agents in good order: one for each agent, or one for many.
///
/// After ``stop()`` no agent takes another step. A request to a target that is in flight is finished, so that the
/// target's counts and APE's agree; an inference stream, a pause or a wait is cancelled at once. The session that was
/// cut counts as unfinished. Cancelling the agent's task instead aborts everything at once.
package final class AgentControl: Sendable {
    private struct State {
        var isStopped = false
        var isFinishing = false
        var next = 0
        var wakes = 0
        var cancellations: [Int: Cancellation] = [:]
    }

    private struct Cancellation {
        /// Whether ``wake()`` cancels it too.
        var isWakeable: Bool
        var cancel: @Sendable () -> Void
    }

    private let state = Mutex(State())

    package init() {}

    var isStopped: Bool { state.withLock(\.isStopped) }

    /// Whether the agent ends as soon as it owes no answer to a hold that is over.
    var isFinishing: Bool { state.withLock(\.isFinishing) }

    /// Ends the agents once they owe no answer to a hold that is over.
    package func finish() {
        state.withLock { $0.isFinishing = true }
    }

    /// Ends the agents; calls after the first change nothing.
    package func stop() {
        let cancellations = state.withLock { state in
            state.isStopped = true
            defer { state.cancellations.removeAll() }
            return state.cancellations
        }
        for cancellation in cancellations.values { cancellation.cancel() }
    }

    /// How often ``wake()`` was called.
    var wakes: Int { state.withLock(\.wakes) }

    /// Cuts short what agents wait for between sessions: they look again at what they are to do.
    package func wake() {
        let woken = state.withLock { state in
            state.wakes += 1
            return state.cancellations.values.filter(\.isWakeable)
        }
        for cancellation in woken { cancellation.cancel() }
    }

    /// Runs `body` as a task of its own that ``stop()`` cancels, and waits for its end.
    ///
    /// - Parameters:
    ///   - executor: where `body` runs; a task does not inherit this.
    ///   - body: what to do.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, which is for it to do when it is cancelled.
    func untilStopped<Value: Sendable>(
        on executor: (any TaskExecutor)?,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task(executorPreference: executor) { try await body() }
        let number = register(Cancellation(isWakeable: false) { task.cancel() }, unlessWokenSince: nil)
        defer { unregister(number) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Waits until ``stop()``, in the agent's own task: a further one would be a good part of the memory of an agent that
    /// thinks.
    ///
    /// - Parameters:
    ///   - micros: for how long, in microseconds.
    ///   - transport: what waits.
    ///   - wakes: what ``wakes`` was when there was reason to wait: ``wake()`` ends the wait too, also where it was called
    ///     since then; nil where it does not.
    /// - Throws: `CancellationError` where the wait was cut short.
    func sleep(_ micros: Int64, by transport: any AgentTransport, orWokenSince wakes: Int? = nil) async throws {
        var number: Int?
        defer { unregister(number) }
        try await transport.sleep(micros: micros) { cancel in
            number = register(Cancellation(isWakeable: wakes != nil, cancel: cancel), unlessWokenSince: wakes)
        }
    }

    /// Keeps a cancellation for ``stop()``, or cancels at once where that has been called.
    private func register(_ cancellation: Cancellation, unlessWokenSince wakes: Int?) -> Int? {
        let number = state.withLock { state -> Int? in
            guard !state.isStopped, wakes.map({ $0 == state.wakes }) ?? true else { return nil }
            state.next += 1
            state.cancellations[state.next] = cancellation
            return state.next
        }
        if number == nil { cancellation.cancel() }
        return number
    }

    private func unregister(_ number: Int?) {
        guard let number else { return }
        state.withLock { state in _ = state.cancellations.removeValue(forKey: number) }
    }
}
