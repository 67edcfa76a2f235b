import Synchronization

/// A value in parts, each under a lock of its own, so that threads seldom wait for one another.
final class Striped<Value: Sendable>: Sendable {
    /// More than the threads of most hosts by far, so that two seldom meet.
    static var count: Int { 64 }

    private final class Part: Sendable {
        let value: Mutex<Value>

        init(_ value: sending Value) {
            self.value = Mutex(value)
        }
    }

    private let parts: [Part]

    init(_ make: () -> Value) {
        parts = (0..<Self.count).map { _ in Part(make()) }
    }

    /// Reads or changes the part that `number` falls to.
    func withLock<Result: Sendable, Failure: Error>(
        _ number: Int,
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try parts[number % Self.count].value.withLock { value throws(Failure) in try body(&value) }
    }

    /// The parts, each as it is when its turn comes.
    var all: [Value] { parts.map { part in part.value.withLock { $0 } } }
}
