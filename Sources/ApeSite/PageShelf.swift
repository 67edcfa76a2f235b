import ApeHTTP
import Synchronization

/// Pages that were made a while ago, so that one that is asked for again costs nothing.
final class PageShelf: Sendable {
    /// Pages that are kept; the oldest goes for a further one.
    static let capacity = 8

    private struct Page {
        var key: String
        var answer: HTTPAnswer
        var until: ContinuousClock.Instant
    }

    /// In the order of making.
    private let pages = Mutex<[Page]>([])

    /// The page of a key; nil where none is kept, or it is too old.
    func page(_ key: String, at now: ContinuousClock.Instant = .now) -> HTTPAnswer? {
        pages.withLock { $0.first { $0.key == key && now < $0.until }?.answer }
    }

    func keep(_ answer: HTTPAnswer, as key: String, for freshness: Duration, at now: ContinuousClock.Instant = .now) {
        pages.withLock { pages in
            pages.removeAll { $0.key == key || $0.until <= now }
            pages.append(Page(key: key, answer: answer, until: now + freshness))
            pages.removeFirst(max(0, pages.count - Self.capacity))
        }
    }
}
