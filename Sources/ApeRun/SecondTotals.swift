import ApeCore
import ApeMetrics

/// What the fleet did in one second of a stage.
package struct SecondTotals: Sendable, Equatable {
    /// The sum over workers of agents at work.
    package var active = 0
    /// Workers whose window arrived.
    package var workers = 0
    /// The gaps and what they were spent on.
    package var parts = GapBreakdown()
    package var ttft = SumAndCount()
    package var startup = SumAndCount()
    package var actions: Int64 = 0
    package var completedSessions: Int64 = 0
    package var successfulStatefulSessions: Int64 = 0

    package var gap: SumAndCount { SumAndCount(sumMicros: parts.gapMicros, count: parts.gaps) }
}

extension SecondTotals {
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
