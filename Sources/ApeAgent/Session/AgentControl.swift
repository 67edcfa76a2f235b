import ApeInference
import Synchronization

/// Ends an agent in good order.
///
/// After ``stop()`` the agent takes no further step. A request to a target that is in flight is finished, so that the
/// target's counts and APE's agree; an inference stream, a pause or a wait is cut short at once. The session that was
/// cut counts as unfinished. Cancelling the agent's task instead aborts everything at once.
package final class AgentControl: Sendable {
    private struct State {
        var isStopped = false
        var isFinishing = false
        var wakes = 0
        /// Cancels the agent's task; nil until it has one.
        var cancelTask: (@Sendable () -> Void)?
        /// Whether the agent waits for what is not worth waiting for once it is stopped.
        var isWaiting = false
        /// Ends a wait that ``wake()`` cuts short, too.
        var cancelWait: (@Sendable () -> Void)?

        /// What cuts short what the agent waits for; nil where there is nothing.
        var stopping: (@Sendable () -> Void)? { isStopped && isWaiting ? cancelTask : nil }
    }

    private let state = Mutex(State())

    package init() {}

    var isStopped: Bool { state.withLock(\.isStopped) }

    /// Whether the agent ends as soon as it owes no answer to a hold that is over.
    var isFinishing: Bool { state.withLock(\.isFinishing) }

    /// Takes what cancels the agent's task.
    func attach(_ cancel: @escaping @Sendable () -> Void) {
        let stopping = state.withLock { state in
            state.cancelTask = cancel
            return state.stopping
        }
        stopping?()
    }

    /// Ends the agent once it owes no answer to a hold that is over.
    package func finish() {
        state.withLock { $0.isFinishing = true }
    }

    /// Ends the agent; calls after the first change nothing.
    package func stop() {
        let stopping = state.withLock { state in
            state.isStopped = true
            return state.stopping
        }
        stopping?()
    }

    /// How often ``wake()`` was called.
    var wakes: Int { state.withLock(\.wakes) }

    /// Cuts short what the agent waits for between sessions: it looks again at what it is to do.
    package func wake() {
        let cancel = state.withLock { state in
            state.wakes += 1
            return state.cancelWait
        }
        cancel?()
    }

    /// Begins a wait that ``stop()`` cuts short by cancelling the agent's task, in which it goes on: a further task for it
    /// would be a good part of the memory of an agent that waits. ``endWait()`` follows.
    ///
    /// - Throws: `CancellationError` where the agent has been stopped.
    func beginWait() throws {
        try state.withLock { state in
            if state.isStopped { throw CancellationError() }
            state.isWaiting = true
        }
    }

    /// Ends a wait: what follows is not cut short.
    func endWait() {
        state.withLock { state in
            state.isWaiting = false
            state.cancelWait = nil
        }
    }

    /// Waits until ``stop()``.
    ///
    /// - Parameters:
    ///   - micros: for how long, in microseconds.
    ///   - transport: what waits.
    ///   - wakes: what ``wakes`` was when there was reason to wait: ``wake()`` ends the wait too, also where it was called
    ///     since then; nil where it does not.
    /// - Throws: `CancellationError` where the wait was cut short.
    func sleep(_ micros: Int64, by transport: any AgentTransport, orWokenSince wakes: Int? = nil) async throws {
        try beginWait()
        defer { endWait() }
        guard let wakes else { return try await transport.sleep(micros: micros) }
        try await transport.sleep(micros: micros) { keep($0, unlessWokenSince: wakes) }
    }

    private func keep(_ cancel: @escaping @Sendable () -> Void, unlessWokenSince wakes: Int) {
        let isKept = state.withLock { state in
            guard state.wakes == wakes else { return false }
            state.cancelWait = cancel
            return true
        }
        if !isKept { cancel() }
    }
}
