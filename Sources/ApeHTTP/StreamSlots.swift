import Synchronization

/// What a server does at once, bounded: streams, or what costs much.
package final class StreamSlots: Sendable {
    /// A place, free again once nobody holds it.
    package final class Slot: Sendable {
        private let slots: StreamSlots

        fileprivate init(_ slots: StreamSlots) {
            self.slots = slots
        }

        deinit {
            slots.used.withLock { $0 -= 1 }
        }
    }

    private let limit: Int
    private let used = Mutex(0)

    package init(limit: Int) {
        self.limit = limit
    }

    /// A place; nil where all are taken.
    package func take() -> Slot? {
        let isFree = used.withLock { used in
            guard used < limit else { return false }
            used += 1
            return true
        }
        return isFree ? Slot(self) : nil
    }
}
