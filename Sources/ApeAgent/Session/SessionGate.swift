import Synchronization

/// What every agent of a worker passes before each new session: closed while the worker has lost its coordinator, so
/// that no load is made that nobody asked for. Sessions under way go on.
package final class SessionGate: Sendable {
    private enum Wait {
        /// About to wait.
        case registered
        case waiting(CheckedContinuation<Void, any Error>)
        /// Resumed, and about to go on.
        case passed
        /// Cancelled, and resumed where it waited.
        case cancelled
    }

    private struct State {
        var isOpen: Bool
        var next = 0
        var waits: [Int: Wait] = [:]
    }

    private let state: Mutex<State>

    package init(isOpen: Bool = true) {
        state = Mutex(State(isOpen: isOpen))
    }

    package var isOpen: Bool { state.withLock(\.isOpen) }

    package func close() {
        state.withLock { $0.isOpen = false }
    }

    /// Lets everyone through who waits.
    package func open() {
        let waits = state.withLock { state in
            state.isOpen = true
            defer { state.waits = state.waits.mapValues { if case .waiting = $0 { .passed } else { $0 } } }
            return Array(state.waits.values)
        }
        for case .waiting(let continuation) in waits { continuation.resume() }
    }

    /// Returns at once while the gate is open, else when it opens.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func pass() async throws {
        let number = state.withLock { state -> Int? in
            guard !state.isOpen else { return nil }
            state.next += 1
            state.waits[state.next] = .registered
            return state.next
        }
        guard let number else { return try Task.checkCancellation() }
        defer { state.withLock { _ = $0.waits.removeValue(forKey: number) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait(number, $0) }
        } onCancel: {
            cancel(number)
        }
    }

    private func wait(_ number: Int, _ continuation: CheckedContinuation<Void, any Error>) {
        let answer = state.withLock { state -> Result<Void, any Error>? in
            if case .cancelled = state.waits[number] { return .failure(CancellationError()) }
            if state.isOpen { return .success(()) }
            state.waits[number] = .waiting(continuation)
            return nil
        }
        if let answer { continuation.resume(with: answer) }
    }

    private func cancel(_ number: Int) {
        let wait = state.withLock { state -> Wait? in
            defer { if state.waits[number] != nil { state.waits[number] = .cancelled } }
            return state.waits[number]
        }
        if case .waiting(let continuation) = wait { continuation.resume(throwing: CancellationError()) }
    }
}
