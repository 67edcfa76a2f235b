import ApeCore
import ApeMetrics

/// What agents' time went to over a stretch of time, as their workers told it.
struct AgentTime: Sendable, Equatable {
    private static let names = AgentActivity.allCases.map { ($0, CounterFamily.agentTime[$0.rawValue]) }

    /// The parts that gaps have too.
    private var parts = GapBreakdown()
    private var pauseMicros: Int64 = 0
    /// In which agents that a worker was told to run did not.
    private(set) var absentMicros: Int64 = 0
    /// Of what workers gave an account: their agents times their windows.
    private(set) var reportedMicros: Int64 = 0

    /// What went to an activity, in microseconds.
    subscript(_ activity: AgentActivity) -> Int64 {
        get { activity.part.map { parts[part: $0] } ?? pauseMicros }
        set {
            if let part = activity.part { parts[part: part] = newValue } else { pauseMicros = newValue }
        }
    }

    /// Adds a window's account. A worker of before version 1.1 gives none, and neither does a late window.
    mutating func add(_ window: Window) {
        let absent = max(0, window.counters[.absentMicros] ?? 0)
        var told = AgentTime()
        for (activity, name) in Self.names { told[activity] = max(0, window.counters[name] ?? 0) }
        guard !window.isLate, absent > 0 || told != AgentTime() else { return }
        told.absentMicros = absent
        let length = min(max(0, window.endMicros.subtractingClamped(window.startMicros)), 600_000_000)
        told.reportedMicros = Int64(max(0, window.assigned)).multipliedClamped(by: length)
        add(told)
    }

    mutating func add(_ other: AgentTime) {
        parts.add(other.parts)
        pauseMicros = pauseMicros.addingClamped(other.pauseMicros)
        absentMicros = absentMicros.addingClamped(other.absentMicros)
        reportedMicros = reportedMicros.addingClamped(other.reportedMicros)
    }
}
