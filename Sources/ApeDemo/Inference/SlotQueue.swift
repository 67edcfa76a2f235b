import NIOCore
import Synchronization

/// The generation slots of the simulated endpoint, one queue for all of its threads.
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

    private struct State {
        var queue: SlotQueueState
        var requests: UInt64 = 0
        var waiting: [UInt64: @Sendable (Slot) -> Void] = [:]
    }

    private let state: Mutex<State>

    init(slots: Int) {
        state = Mutex(State(queue: SlotQueueState(slots: slots)))
    }

    var waitingCount: Int { state.withLock { $0.queue.waitingCount } }

    var runningCount: Int { state.withLock { $0.queue.runningCount } }

    /// Has a request wait for a slot, and leave the queue where its client gives up.
    ///
    /// - Parameters:
    ///   - exchange: the request.
    ///   - step: taken with the slot, on the request's thread.
    /// - Returns: false when too many wait already.
    func enter(_ exchange: DemoExchange, _ step: @escaping (Slot) -> Void) -> Bool {
        let bound = NIOLoopBound((exchange, step), eventLoop: exchange.loop)
        let (number, entry) = state.withLock { state in
            state.requests += 1
            let entry = state.queue.enter(state.requests)
            if entry == .waiting {
                state.waiting[state.requests] = { [loop = exchange.loop] slot in
                    loop.execute {
                        let (exchange, step) = bound.value
                        if !exchange.isOver { step(slot) }
                    }
                }
            }
            return (state.requests, entry)
        }
        switch entry {
        case .full: return false
        case .granted: step(Slot(queue: self))
        case .waiting: exchange.whenOver { [self] in cancel(number) }
        }
        return true
    }

    private func cancel(_ request: UInt64) {
        state.withLock { state in
            if state.queue.cancel(request) { state.waiting[request] = nil }
        }
    }

    private func release() {
        let next = state.withLock { state in
            state.queue.leave().flatMap { state.waiting.removeValue(forKey: $0) }
        }
        next?(Slot(queue: self))
    }
}
