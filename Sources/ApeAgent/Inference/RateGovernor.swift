import Synchronization

/// Spaces the requests of a worker's agents to its share of an endpoint's budget.
package final class RateGovernor: Sendable {
    private let schedule: Mutex<RateSchedule>

    /// - Parameter requestsPerMinute: the worker's share, above 0.
    package init(requestsPerMinute: Double) {
        schedule = Mutex(RateSchedule(requestsPerMinute: requestsPerMinute))
    }

    /// Gives the worker another share; requests that already have their turn keep it.
    package func setBudget(requestsPerMinute: Double) {
        schedule.withLock { $0.setBudget(requestsPerMinute: requestsPerMinute) }
    }

    /// Takes a turn, and tells how long to wait for it in microseconds.
    func reserve(at now: Int64) -> Int64 {
        schedule.withLock { $0.reserve(at: now) }
    }
}

/// When the next request may go out (the generic cell rate algorithm, ITU-T I.371): evenly spaced, with a second's
/// worth of requests at once after a pause.
struct RateSchedule: Sendable {
    /// How much of the budget may be saved up.
    static let burstMicros = 1_000_000.0

    private var intervalMicros: Double
    /// When the next request is due, were all evenly spaced.
    private var dueMicros = -Double.infinity

    init(requestsPerMinute: Double) {
        intervalMicros = Self.interval(requestsPerMinute)
    }

    mutating func setBudget(requestsPerMinute: Double) {
        intervalMicros = Self.interval(requestsPerMinute)
    }

    /// Takes the next turn; returns the microseconds until it.
    mutating func reserve(at now: Int64) -> Int64 {
        let due = max(dueMicros, Double(now))
        dueMicros = due + intervalMicros
        let tolerance = max(0, Self.burstMicros - intervalMicros)
        return Int64(max(0, due - tolerance - Double(now)).rounded(.up))
    }

    private static func interval(_ requestsPerMinute: Double) -> Double {
        60_000_000 / max(requestsPerMinute, 1e-3)
    }
}
