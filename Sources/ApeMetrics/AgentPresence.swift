import ApeCore

/// How many agents are at work, counted by their starts and stops alone.
package struct AgentPresence: Sendable, Equatable {
    package private(set) var count = 0
    /// The least that ``count`` was since the last cut.
    private var least = 0
    /// How long agents were there since the last cut, together.
    private var micros: Int64 = 0
    private var sinceMicros: Int64

    /// - Parameter now: a clock's time, in microseconds, that never steps back.
    package init(at now: Int64) {
        sinceMicros = now
    }

    /// Agents have come or gone.
    package mutating func change(by difference: Int, at now: Int64) {
        micros = micros.addingClamped(Int64(count).multipliedClamped(by: max(0, now - sinceMicros)))
        sinceMicros = max(sinceMicros, now)
        count += difference
        least = min(least, count)
    }

    /// What there was since the last cut.
    package mutating func cut(at now: Int64) -> (least: Int, micros: Int64) {
        change(by: 0, at: now)
        defer {
            least = count
            micros = 0
        }
        return (least, micros)
    }
}
