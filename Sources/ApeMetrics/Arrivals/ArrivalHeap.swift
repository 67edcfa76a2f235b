/// Arrivals, the earliest first: a binary heap.
struct ArrivalHeap: Sendable {
    private var arrivals: [Arrival] = []

    init(_ arrivals: some Sequence<Arrival> = []) {
        // A sorted array is a heap.
        self.arrivals = arrivals.sorted()
    }

    var first: Arrival? { arrivals.first }
    var count: Int { arrivals.count }
    /// In no order.
    var all: [Arrival] { arrivals }

    mutating func add(_ arrival: Arrival) {
        arrivals.append(arrival)
        var child = arrivals.count - 1
        while child > 0, arrivals[child] < arrivals[(child - 1) / 2] {
            arrivals.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> Arrival? {
        guard let last = arrivals.popLast() else { return nil }
        guard let first = arrivals.first else { return last }
        arrivals[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < arrivals.count && arrivals[child] < arrivals[least] {
                least = child
            }
            if least == parent { return first }
            arrivals.swapAt(parent, least)
            parent = least
        }
    }
}
