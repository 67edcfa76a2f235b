import Synchronization

/// Picks the successful sessions that the worker is told of, so that the others cost nothing: of each goal the first in a
/// second, and those that took longer than every one picked in that second.
final class SuccessSieve: Sendable {
    private static let periodMicros: Int64 = 1_000_000

    private struct Latest {
        var sinceMicros: Int64
        var slowestMicros: Int64
    }

    private let latest = Mutex<[String: Latest]>([:])

    /// Whether a session that ended now is one of them.
    ///
    /// - Parameters:
    ///   - goal: its goal's name.
    ///   - micros: how long it took.
    ///   - now: the monotonic clock.
    /// - Returns: true for one that is told.
    func offers(_ goal: String, micros: Int64, at now: Int64) -> Bool {
        latest.withLock { latest in
            if let known = latest[goal], now - known.sinceMicros < Self.periodMicros {
                guard micros > known.slowestMicros else { return false }
                latest[goal]?.slowestMicros = micros
            } else {
                latest[goal] = Latest(sinceMicros: now, slowestMicros: micros)
            }
            return true
        }
    }
}
