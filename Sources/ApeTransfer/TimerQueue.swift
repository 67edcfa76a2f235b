/// A binary heap of deadlines. Any entry can be removed, so that the timeout of a transfer that ended in time leaves
/// nothing behind.
///
/// Entries of the same deadline come out in no particular order.
struct TimerQueue<Payload> {
    /// Identifies one entry while it waits.
    struct Token: Hashable, Sendable {
        fileprivate var slot: Int
        fileprivate var generation: UInt32
    }

    private struct Entry {
        var deadline: Int64
        var slot: Int
    }

    private struct Slot {
        var position: Int
        var generation: UInt32
        var payload: Payload?
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []

    var count: Int {
        heap.count
    }

    /// The earliest deadline.
    var nextDeadline: Int64? {
        heap.first?.deadline
    }

    @discardableResult
    mutating func insert(_ payload: Payload, deadline: Int64) -> Token {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot].payload = payload
        } else {
            slot = slots.count
            slots.append(Slot(position: 0, generation: 0, payload: payload))
        }
        heap.append(Entry(deadline: deadline, slot: slot))
        slots[slot].position = heap.count - 1
        rise(heap.count - 1)
        return Token(slot: slot, generation: slots[slot].generation)
    }

    /// Removes an entry.
    ///
    /// - Returns: its payload; nil where it has come out already.
    @discardableResult
    mutating func remove(_ token: Token) -> Payload? {
        guard slots.indices.contains(token.slot), slots[token.slot].generation == token.generation else { return nil }
        return take(at: slots[token.slot].position)
    }

    /// Removes the earliest entry, where its deadline is not after `now`.
    mutating func popDue(now: Int64) -> (payload: Payload, deadline: Int64)? {
        guard let first = heap.first, first.deadline <= now, let payload = take(at: 0) else { return nil }
        return (payload, first.deadline)
    }

    private mutating func take(at position: Int) -> Payload? {
        let slot = heap[position].slot
        let payload = slots[slot].payload
        slots[slot].payload = nil
        slots[slot].generation &+= 1
        freeSlots.append(slot)
        let last = heap.removeLast()
        if position < heap.count {
            place(last, at: position)
            rise(position)
            sink(slots[last.slot].position)
        }
        return payload
    }

    private mutating func place(_ entry: Entry, at position: Int) {
        heap[position] = entry
        slots[entry.slot].position = position
    }

    private mutating func rise(_ start: Int) {
        let entry = heap[start]
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard entry.deadline < heap[parent].deadline else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(entry, at: position)
    }

    private mutating func sink(_ start: Int) {
        let entry = heap[start]
        var position = start
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
            guard heap[child].deadline < entry.deadline else { break }
            place(heap[child], at: position)
            position = child
        }
        place(entry, at: position)
    }
}
