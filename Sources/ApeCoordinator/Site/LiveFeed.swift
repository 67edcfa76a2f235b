import ApeCore
import ApeHTTP
import ApeReport

/// The run as it is now, once a second, for as many as read it: it is made once for all of them.
actor LiveFeed {
    /// Between two states.
    static let period: Duration = .seconds(1)

    private let loop: CoordinatorLoop
    private var state: (text: String, at: ContinuousClock.Instant)?

    init(_ loop: CoordinatorLoop) {
        self.loop = loop
    }

    /// The states from now on; the last is that at the run's end.
    nonisolated func events() -> AsyncStream<ServerSentEvent> {
        let reader = Reader(self)
        return AsyncStream { await reader.next() }
    }

    /// The newest state, at most about a second old, and whether it is the last.
    fileprivate func latest() async -> (text: String, isLast: Bool) {
        let now = ContinuousClock.now
        let isLast = await loop.outcome != nil
        if let state, !isLast, now - state.at < Self.period * 0.9 { return (state.text, false) }
        // Whoever asks meanwhile gets the one before.
        state?.at = now
        let text = await loop.live.json.plain.text
        state = (text, now)
        return (text, isLast)
    }
}

/// One of those who read the feed. It is asked for each state, so that a slow one misses states instead of getting old ones.
private actor Reader {
    private let feed: LiveFeed
    private var number = 0
    private var due = ContinuousClock.now
    private var isOver = false

    init(_ feed: LiveFeed) {
        self.feed = feed
    }

    func next() async -> ServerSentEvent? {
        // Who is cancelled in its sleep reads no further.
        guard !isOver, (try? await Task.sleep(until: due, clock: .continuous)) != nil else { return nil }
        due = max(due + LiveFeed.period, .now)
        let state = await feed.latest()
        isOver = state.isLast
        number += 1
        return ServerSentEvent(id: "\(number)", data: state.text)
    }
}
