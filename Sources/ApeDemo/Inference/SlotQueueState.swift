import DequeModule

/// The free slots and the requests that wait for one, first come, first served.
struct SlotQueueState: Sendable {
    /// The most requests that wait. Further ones are refused.
    static let maximumWaiting = 20_000

    enum Entry: Equatable {
        case granted, waiting, full
    }

    private(set) var free: Int
    private let slots: Int
    private var queue: Deque<UInt64> = []
    private var waiting: Set<UInt64> = []

    init(slots: Int) {
        self.slots = slots
        free = slots
    }

    var waitingCount: Int { waiting.count }

    var runningCount: Int { slots - free }

    /// Takes a slot for a request, or has it wait.
    mutating func enter(_ request: UInt64) -> Entry {
        if free > 0 {
            free -= 1
            return .granted
        }
        guard waiting.count < Self.maximumWaiting else { return .full }
        queue.append(request)
        waiting.insert(request)
        return .waiting
    }

    /// Returns a slot.
    ///
    /// - Returns: the waiting request that has it now; nil where none waits.
    mutating func leave() -> UInt64? {
        while let next = queue.popFirst() {
            if waiting.remove(next) != nil { return next }
        }
        free += 1
        return nil
    }

    /// Ends the wait of a request; false where it has a slot already.
    mutating func cancel(_ request: UInt64) -> Bool {
        waiting.remove(request) != nil
    }
}
