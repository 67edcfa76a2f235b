import ApeCore
import ApeMetrics

/// What a hold began and did not end: it was waited for once the hold was over.
package struct Drain: Sendable, Equatable {
    /// Gaps that ended after the hold, or were given up.
    package private(set) var lateGaps: Int64 = 0
    /// Sessions whose answer never came.
    package private(set) var unansweredSessions: Int64 = 0

    package init() {}

    mutating func add(_ window: Window) {
        guard window.isLate else { return }
        lateGaps = lateGaps.addingClamped(window.series[.gap]?.count ?? 0)
        unansweredSessions = unansweredSessions.addingClamped(window.series[.sessionUnanswered]?.count ?? 0)
    }

    package mutating func add(_ other: Drain) {
        lateGaps = lateGaps.addingClamped(other.lateGaps)
        unansweredSessions = unansweredSessions.addingClamped(other.unansweredSessions)
    }
}
