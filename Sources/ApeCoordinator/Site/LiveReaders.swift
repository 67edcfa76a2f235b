import ApeHTTP
import Synchronization

/// Whoever reads the events of a page at the time.
final class LiveReaders: Sendable {
    /// Readers at a time; a further one is turned away.
    static let maximum = 32
    /// Events that wait for a slow reader; where there are more, its stream ends, and it comes back for what it lacks.
    static let maximumWaiting = 256

    private struct State {
        var readers: [Int: AsyncStream<ServerSentEvent>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    var isEmpty: Bool { state.withLock { $0.readers.isEmpty } }

    /// A stream of events for one more reader, with some that it has first.
    ///
    /// - Parameters:
    ///   - first: the events that it has first.
    ///   - goesOn: whether more follow.
    /// - Returns: nil where there are too many readers.
    func add(_ first: [ServerSentEvent], goesOn: Bool) -> AsyncStream<ServerSentEvent>? {
        let (stream, reader) = AsyncStream.makeStream(
            of: ServerSentEvent.self,
            bufferingPolicy: .bufferingOldest(Self.maximumWaiting)
        )
        for event in first { reader.yield(event) }
        guard goesOn else {
            reader.finish()
            return stream
        }
        let number = state.withLock { state -> Int? in
            guard state.readers.count < Self.maximum else { return nil }
            state.next += 1
            state.readers[state.next] = reader
            return state.next
        }
        guard let number else { return nil }
        reader.onTermination = { [weak self] _ in self?.remove(number) }
        return stream
    }

    /// Tells all readers of an event.
    func tell(_ event: ServerSentEvent) {
        for (number, reader) in state.withLock({ $0.readers }) {
            guard case .dropped = reader.yield(event) else { continue }
            remove(number)
            reader.finish()
        }
    }

    /// Ends all streams.
    func finish() {
        let readers = state.withLock { state in
            defer { state.readers = [:] }
            return state.readers
        }
        for reader in readers.values { reader.finish() }
    }

    private func remove(_ number: Int) {
        state.withLock { $0.readers[number] = nil }
    }
}
