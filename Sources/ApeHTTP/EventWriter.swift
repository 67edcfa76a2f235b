import HummingbirdCore
import NIOCore

/// Writes a stream of events into an answer.
struct EventWriter: Sendable {
    /// How often something is written at least, so that both ends know of each other.
    static let heartbeat: Duration = .seconds(15)

    let events: AsyncStream<ServerSentEvent>
    /// Whether they go out as server-sent events; else their data, one a line.
    let isServerSent: Bool

    private enum Step: Sendable {
        case event(ServerSentEvent?)
        case beat
    }

    /// Writes until the stream ends, or nobody reads it.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        try await withThrowingTaskGroup(of: Step.self) { group in
            defer { group.cancelAll() }
            group.addTask { await next() }
            group.addTask { try await beat() }
            // What has not come yet need not hold up the head.
            try await writer.write(ByteBuffer(string: isServerSent ? ": \n\n" : ""))
            while let step = try await group.next() {
                switch step {
                case .event(nil): return
                case .event(let event?):
                    try await writer.write(ByteBuffer(string: isServerSent ? event.text : event.data + "\n"))
                    group.addTask { await next() }
                case .beat:
                    try await writer.write(ByteBuffer(string: isServerSent ? ": \n\n" : "\n"))
                    group.addTask { try await beat() }
                }
            }
        }
    }

    /// Asked for one after the other, so that what is not read yet stays where it can be replaced.
    private func next() async -> Step {
        var iterator = events.makeAsyncIterator()
        return .event(await iterator.next())
    }

    private func beat() async throws -> Step {
        try await Task.sleep(for: Self.heartbeat)
        return .beat
    }
}
