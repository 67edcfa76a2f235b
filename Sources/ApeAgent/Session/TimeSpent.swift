import ApeMetrics

/// Whom a session has waited for: its time limit is laid at the door of whoever took most.
struct TimeSpent: Sendable, Equatable {
    var targetMicros: Int64 = 0
    var inferenceMicros: Int64 = 0
    /// Thinking, as the scenario asks.
    var thinkMicros: Int64 = 0
    /// Waiting to ask for what the harness could not send.
    var harnessMicros: Int64 = 0

    var party: Party {
        if harnessMicros > max(targetMicros, inferenceMicros, thinkMicros) { return .harness }
        if thinkMicros >= max(targetMicros, inferenceMicros) { return .simulation }
        return targetMicros >= inferenceMicros ? .target : .inference
    }
}
