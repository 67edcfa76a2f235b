import ApeCore
import ApeMetrics

/// What the fleet did in one second of a stage.
package struct SecondTotals: Sendable, Equatable {
    /// The sum over workers of agents at work that were not stalled.
    package var active = 0
    /// The sum over workers of agents that had waited for one answer for too long.
    package var stalled = 0
    /// Workers whose window arrived.
    package var workers = 0
    /// What agents' time went to.
    var time = AgentTime()
    /// The gaps that began, and what they were spent on.
    package var parts = GapBreakdown()
    package var ttft = SumAndCount()
    package var startup = SumAndCount()
    package var actions: Int64 = 0
    package var completedSessions: Int64 = 0
    package var successfulStatefulSessions: Int64 = 0
    /// How many more sessions were open than in the second before, of those whose end is known.
    var openSessionsChange: Int64 = 0
    /// Of these, the sessions that were to be successful.
    var openSuccessfulChange: Int64 = 0

    package var gap: SumAndCount { SumAndCount(sumMicros: parts.gapMicros, count: parts.gaps) }
}

extension SecondTotals {
    mutating func open(_ sessions: Int64, _ successful: Int64) {
        openSessionsChange = openSessionsChange.addingClamped(sessions)
        openSuccessfulChange = openSuccessfulChange.addingClamped(successful)
    }

    mutating func add(_ window: Window) {
        parts.add(GapBreakdown(series: window.series))
        ttft.add(window.series[.ttft])
        startup.add(window.series[.startup])
        for (name, number) in window.counters where number > 0 {
            if name.isOf(.actions) {
                actions = actions.addingClamped(number)
            } else if name.isCompletedSessions {
                completedSessions = completedSessions.addingClamped(number)
            } else if name == .sessionsSuccessfulStateful {
                successfulStatefulSessions = successfulStatefulSessions.addingClamped(number)
            }
        }
    }
}
