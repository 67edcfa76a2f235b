import CCurl
import Glibc
import Synchronization

/// The work that other threads submit to the reactor's thread, and the descriptor that wakes it.
///
/// Its length is bounded by the tasks that prefer the reactor: each has at most one job and one cancellation waiting.
final class Inbox: Sendable {
    enum Work: Sendable {
        case job(UnownedJob)
        case action(@Sendable (EventLoop) -> Void)
    }

    private struct State {
        var work: [Work] = []
        var isClosed = false
    }

    let wakeDescriptor: Int32
    private let state = Mutex(State())

    init() {
        wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(wakeDescriptor >= 0, "no descriptor left for the reactor's wake-up: raise the open file limit")
    }

    deinit {
        close(wakeDescriptor)
    }

    /// Whether the reactor has ended.
    var isClosed: Bool {
        state.withLock { $0.isClosed }
    }

    /// Submits work to the reactor.
    ///
    /// - Returns: false where the reactor has ended.
    func post(_ work: Work) -> Bool {
        let (accepted, isFirst) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.work.append(work)
            return (true, state.work.count == 1)
        }
        if isFirst { eventfd_write(wakeDescriptor, 1) }
        return accepted
    }

    /// Moves the submitted work to the end of `queue`.
    func take(into queue: inout [Work]) {
        var count: eventfd_t = 0
        eventfd_read(wakeDescriptor, &count)
        state.withLock { state in
            queue.append(contentsOf: state.work)
            state.work.removeAll(keepingCapacity: true)
        }
    }

    /// Refuses further work, unless some is waiting.
    ///
    /// - Returns: whether the inbox is closed.
    func closeIfEmpty() -> Bool {
        state.withLock { state in
            if state.work.isEmpty { state.isClosed = true }
            return state.isClosed
        }
    }
}
