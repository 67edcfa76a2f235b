import Synchronization

/// What was read last of a text that requests have in common, as the tools that they offer: while it stays the same it
/// need not be read again.
struct LastRead<Value: Sendable>: ~Copyable, Sendable {
    struct Entry: Sendable {
        var text: [UInt8]
        var value: Value
    }

    private let last = Mutex<Entry?>(nil)

    var entry: Entry? { last.withLock { $0 } }

    /// Remembers what was read of a text, in place of another.
    func keep(_ value: Value, of text: ArraySlice<UInt8>) {
        let entry = Entry(text: Array(text), value: value)
        last.withLock { $0 = entry }
    }
}
