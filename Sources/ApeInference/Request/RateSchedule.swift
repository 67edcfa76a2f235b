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
