import Synchronization

/// The generation slots of the simulated endpoint.
final class SlotQueue: Sendable {
    /// A slot that a request holds. It is returned when nothing refers to it any more, so a connection that breaks at
    /// any point loses none.
    final class Slot: Sendable {
        private let queue: SlotQueue

        fileprivate init(queue: SlotQueue) {
            self.queue = queue
        }

        deinit {
            queue.release()
        }
    }

    private enum Outcome {
        case granted, full, cancelled
    }

    private struct State {
        var queue: SlotQueueState
        var requests: UInt64 = 0
        var continuations: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
    }

    private let state: Mutex<State>

    init(slots: Int) {
        state = Mutex(State(queue: SlotQueueState(slots: slots)))
    }

    var waitingCount: Int { state.withLock { $0.queue.waitingCount } }

    var runningCount: Int { state.withLock { $0.queue.runningCount } }

    /// Waits for a slot.
    ///
    /// - Returns: the slot; nil when too many wait already.
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    func acquire() async throws -> Slot? {
        let request = state.withLock { state in
            state.requests += 1
            return state.requests
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { enter(request, $0) }
        } onCancel: {
            cancel(request)
        }
        switch outcome {
        case .granted: return Slot(queue: self)
        case .full: return nil
        case .cancelled: throw CancellationError()
        }
    }

    private func enter(_ request: UInt64, _ continuation: CheckedContinuation<Outcome, Never>) {
        let outcome: Outcome? = state.withLock { state in
            switch state.queue.enter(request) {
            case .granted: return .granted
            case .full: return .full
            case .waiting where Task.isCancelled:
                _ = state.queue.cancel(request)
                return .cancelled
            case .waiting:
                state.continuations[request] = continuation
                return nil
            }
        }
        if let outcome { continuation.resume(returning: outcome) }
    }

    private func cancel(_ request: UInt64) {
        let continuation = state.withLock { state in
            state.queue.cancel(request) ? state.continuations.removeValue(forKey: request) : nil
        }
        continuation?.resume(returning: .cancelled)
    }

    private func release() {
        let continuation = state.withLock { state in
            state.queue.leave().flatMap { state.continuations.removeValue(forKey: $0) }
        }
        continuation?.resume(returning: .granted)
    }
}
