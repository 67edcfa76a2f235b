import ApeCore
import ApeFleet

/// When something is due that is told now and then, and at once where much has changed.
package struct LivePace: Sendable, Equatable {
    private let periodSeconds: Int64
    private var last: Moment?
    private var lastSecond: Int64 = 0

    private struct Moment: Sendable, Equatable {
        var phase: Progress.Phase?
        var stage: Int?
        var connectedWorkers: Int
    }

    package init(periodSeconds: Int64) {
        self.periodSeconds = periodSeconds
    }

    /// Whether it is due now; if so it counts as told.
    package mutating func isDue(_ progress: Progress) -> Bool {
        isDue(
            Moment(phase: progress.phase, stage: progress.stage, connectedWorkers: progress.connectedWorkers),
            second: progress.now.micros / 1_000_000
        )
    }

    /// The same of a moment that came from elsewhere.
    package mutating func isDue(_ live: LiveRun) -> Bool {
        isDue(
            Moment(phase: live.phase, stage: live.plan.current, connectedWorkers: live.fleet.connected),
            second: live.elapsedSeconds
        )
    }

    private mutating func isDue(_ moment: Moment, second: Int64) -> Bool {
        guard last != moment || second - lastSecond >= periodSeconds else { return false }
        (last, lastSecond) = (moment, second)
        return true
    }
}
