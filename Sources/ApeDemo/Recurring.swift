import Synchronization

/// What was made of texts that come again and again, such as the calls of agents with the same goals: it need not be made
/// again.
struct Recurring<Key: Hashable & Sendable, Value: Sendable>: ~Copyable, Sendable {
    /// Many times what the goals of a run come to. Where more come, all are forgotten at once.
    static var capacity: Int { 512 }
    /// What is made of longer texts is not kept.
    static var maximumBytes: Int { 1_024 }

    private let known = Mutex<[Key: Value]>([:])

    /// What was made of a text before, or else is made of it now.
    ///
    /// - Parameters:
    ///   - key: the text.
    ///   - bytes: how long it is.
    ///   - make: makes the value.
    /// - Returns: the value.
    func value(of key: Key, bytes: Int, _ make: () -> Value) -> Value {
        guard bytes <= Self.maximumBytes else { return make() }
        if let value = known.withLock({ $0[key] }) { return value }
        let value = make()
        known.withLock { known in
            if known.count == Self.capacity { known = [:] }
            known[key] = value
        }
        return value
    }
}
