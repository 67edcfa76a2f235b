import Glibc
import Synchronization

/// What was made of texts that come again and again, such as the calls of agents with the same goals: it need not be made
/// again.
///
/// It is kept in parts, one for each of the threads that serve, as far as chance goes: a value that all of them use would
/// go from one core's cache to the next each time.
struct Recurring<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// The values that a part keeps: many times what the goals of a run come to. Where more come, all are forgotten at
    /// once.
    static var capacity: Int { 512 }
    /// What is made of longer texts is not kept.
    static var maximumBytes: Int { 1_024 }

    private final class Part: Sendable {
        let known = Mutex<[Key: Value]>([:])
    }

    private let parts = (0..<64).map { _ in Part() }

    /// What was made of a text before, or else is made of it now.
    ///
    /// - Parameters:
    ///   - key: the text.
    ///   - bytes: how long it is.
    ///   - make: makes the value.
    /// - Returns: the value.
    func value(of key: Key, bytes: Int, _ make: () -> Value) -> Value {
        guard bytes <= Self.maximumBytes else { return make() }
        let part = parts[Int(UInt(pthread_self()).hash % UInt(parts.count))]
        if let value = part.known.withLock({ $0[key] }) { return value }
        let value = make()
        part.known.withLock { known in
            if known.count == Self.capacity { known = [:] }
            known[key] = value
        }
        return value
    }
}

extension UInt {
    /// A number whose bits depend on all bits of this one: addresses of threads differ in few of them.
    fileprivate var hash: UInt { (self &* 0x9E37_79B9_7F4A_7C15) >> 48 }
}
