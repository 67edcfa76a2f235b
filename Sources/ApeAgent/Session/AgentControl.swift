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
        var cancellations: [Int: @Sendable () -> Void] = [:]
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
        for cancel in cancellations.values { cancel() }
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
        let number = register { task.cancel() }
        defer { unregister(number) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Keeps a cancellation for ``stop()``, or cancels at once where that has been called.
    private func register(_ cancel: @escaping @Sendable () -> Void) -> Int? {
        let number = state.withLock { state -> Int? in
            guard !state.isStopped else { return nil }
            state.next += 1
            state.cancellations[state.next] = cancel
            return state.next
        }
        if number == nil { cancel() }
        return number
    }

    private func unregister(_ number: Int?) {
        guard let number else { return }
        state.withLock { state in _ = state.cancellations.removeValue(forKey: number) }
    }
}
