import DequeModule

/// Who may generate now, and who waits: first come, first served.
struct SlotLine: Sendable {
    /// More requests than these do not wait; they are refused.
    static let maximumWaiting = 20_000

    enum Entry: Equatable {
        case granted, waiting, full
    }

    private(set) var free: Int
    private var line: Deque<UInt64> = []
    private var waiting: Set<UInt64> = []

    init(slots: Int) {
        free = slots
    }

    var waitingCount: Int { waiting.count }

    mutating func enter(_ visitor: UInt64) -> Entry {
        if free > 0 {
            free -= 1
            return .granted
        }
        guard waiting.count < Self.maximumWaiting else { return .full }
        line.append(visitor)
        waiting.insert(visitor)
        return .waiting
    }

    /// Gives a slot back; returns who has it now.
    mutating func leave() -> UInt64? {
        while let next = line.popFirst() {
            if waiting.remove(next) != nil { return next }
        }
        free += 1
        return nil
    }

    /// Stops waiting; false when the slot has been granted already.
    mutating func cancel(_ visitor: UInt64) -> Bool {
        waiting.remove(visitor) != nil
    }
}
