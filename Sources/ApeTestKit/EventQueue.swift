/// Things to come, the earliest first; of two at the same moment, the one that was added first.
struct EventQueue<Element: Sendable>: Sendable {
    private struct Entry: Sendable {
        var micros: Int64
        var number: Int
        var element: Element

        func comesBefore(_ other: Entry) -> Bool {
            micros == other.micros ? number < other.number : micros < other.micros
        }
    }

    /// A binary heap.
    private var entries: [Entry] = []
    private var added = 0

    var count: Int { entries.count }

    mutating func add(_ element: Element, at micros: Int64) {
        entries.append(Entry(micros: micros, number: added, element: element))
        added += 1
        var child = entries.count - 1
        while child > 0, entries[child].comesBefore(entries[(child - 1) / 2]) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (micros: Int64, element: Element)? {
        guard let last = entries.popLast() else { return nil }
        guard let first = entries.first else { return (last.micros, last.element) }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child].comesBefore(entries[least]) {
                least = child
            }
            if least == parent { break }
            entries.swapAt(parent, least)
            parent = least
        }
        return (first.micros, first.element)
    }
}
