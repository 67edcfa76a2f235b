import Synchronization

/// The generation slots of the simulated endpoint.
final class SlotQueue: Sendable {
    /// A held slot: it is given back when nothing refers to it any more, so that a connection which breaks at any
    /// point costs none.
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
        var line: SlotLine
        var visitors: UInt64 = 0
        var parked: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
    }

    private let state: Mutex<State>

    init(slots: Int) {
        state = Mutex(State(line: SlotLine(slots: slots)))
    }

    var waitingCount: Int { state.withLock { $0.line.waitingCount } }

    /// Waits for a slot.
    ///
    /// - Returns: the slot; nil when too many wait already.
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    func acquire() async throws -> Slot? {
        let visitor = state.withLock { state in
            state.visitors += 1
            return state.visitors
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { enter(visitor, $0) }
        } onCancel: {
            cancel(visitor)
        }
        switch outcome {
        case .granted: return Slot(queue: self)
        case .full: return nil
        case .cancelled: throw CancellationError()
        }
    }

    private func enter(_ visitor: UInt64, _ continuation: CheckedContinuation<Outcome, Never>) {
        let outcome: Outcome? = state.withLock { state in
            switch state.line.enter(visitor) {
            case .granted: return .granted
            case .full: return .full
            case .waiting where Task.isCancelled:
                _ = state.line.cancel(visitor)
                return .cancelled
            case .waiting:
                state.parked[visitor] = continuation
                return nil
            }
        }
        if let outcome { continuation.resume(returning: outcome) }
    }

    private func cancel(_ visitor: UInt64) {
        let continuation = state.withLock { state in
            state.line.cancel(visitor) ? state.parked.removeValue(forKey: visitor) : nil
        }
        continuation?.resume(returning: .cancelled)
    }

    private func release() {
        let continuation = state.withLock { state in
            state.line.leave().flatMap { state.parked.removeValue(forKey: $0) }
        }
        continuation?.resume(returning: .granted)
    }
}
