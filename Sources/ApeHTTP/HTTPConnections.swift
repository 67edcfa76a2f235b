import NIOCore
import Synchronization

/// The connections of a server, bounded: where there are too many, the oldest that has not asked for anything goes, and
/// where all have, the oldest that does not read a stream. Whoever asks at once, as a probe does, is therefore always
/// answered.
package final class HTTPConnections: Sendable {
    /// What a connection has come to: the least goes first.
    enum Rank: Int, Sendable {
        case opened
        /// It has sent the head of a request.
        case asked
        /// It reads a stream, of which there are few.
        case streams
    }

    private struct Entry {
        let channel: any Channel
        /// In the order of opening.
        let number: Int
        var rank = Rank.opened

        /// Whether it goes before another.
        func isBefore(_ other: Entry) -> Bool {
            (rank.rawValue, number) < (other.rank.rawValue, other.number)
        }
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var next = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: connections at a time.
    package init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// How many there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// A connection has come; another one goes for it where there are too many.
    func opened(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let crowdedOut = state.withLock { state -> (any Channel)? in
            let least = state.entries.count < limit ? nil : state.entries.min { $0.value.isBefore($1.value) }
            if let least { state.entries[least.key] = nil }
            state.entries[id] = Entry(channel: channel, number: state.next)
            state.next += 1
            return least?.value.channel
        }
        crowdedOut?.close(promise: nil)
        channel.closeFuture.whenComplete { [weak self] _ in self?.closed(id) }
    }

    /// A connection has come to something.
    func note(_ rank: Rank, of channel: any Channel) {
        state.withLock { $0.entries[ObjectIdentifier(channel)]?.rank = rank }
    }

    /// Ends them all: those that answer a request after that, unless the caller's task is cancelled.
    package func end() async {
        let channels = state.withLock { $0.entries.values.map(\.channel) }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        await withTaskCancellationHandler {
            // A connection that ended badly has ended.
            for channel in channels { try? await channel.closeFuture.get() }
        } onCancel: {
            for channel in channels { channel.close(promise: nil) }
        }
    }

    private func closed(_ id: ObjectIdentifier) {
        state.withLock { $0.entries[id] = nil }
    }
}
