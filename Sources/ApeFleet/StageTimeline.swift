import ApeCore
import ApeMetrics

/// When a stage ran: its start in fleet time and the lengths of its three parts.
package struct StageTimeline: Sendable, Equatable {
    /// The stage's index in the plan.
    package var stage: Int
    /// Fleet time.
    package var startMicros: Int64
    package var rampMicros: Int64
    package var warmupMicros: Int64
    package var holdMicros: Int64

    package init(stage: Int, startMicros: Int64, rampMicros: Int64, warmupMicros: Int64, holdMicros: Int64) {
        self.stage = stage
        self.startMicros = startMicros
        self.rampMicros = rampMicros
        self.warmupMicros = warmupMicros
        self.holdMicros = holdMicros
    }

    /// The timeline of a plan's stage that starts at `startMicros`.
    package init(stage: Int, of plan: Plan, startMicros: Int64) {
        let planned = plan.stages[stage]
        self.init(
            stage: stage,
            startMicros: startMicros,
            rampMicros: planned.rampMicros,
            warmupMicros: planned.warmupMicros,
            holdMicros: planned.holdMicros
        )
    }

    package var holdStartMicros: Int64 {
        startMicros.addingClamped(rampMicros).addingClamped(warmupMicros)
    }
    package var holdEndMicros: Int64 { holdStartMicros.addingClamped(holdMicros) }

    /// The whole seconds of fleet time inside the stage.
    package var seconds: Range<Int64> { WholeSeconds.inside(startMicros, holdEndMicros) }
    /// The whole seconds of fleet time inside the hold.
    package var holdSeconds: Range<Int64> { WholeSeconds.inside(holdStartMicros, holdEndMicros) }

    /// Whether a window's samples are judged: it says that it is of the hold, and it lies inside it.
    package func judges(_ window: Window) -> Bool {
        window.phase == .hold && window.startMicros >= holdStartMicros && window.endMicros <= holdEndMicros
    }
}

/// Seconds of fleet time, numbered from 1970.
package enum WholeSeconds {
    /// The seconds that lie wholly between two times.
    package static func inside(_ startMicros: Int64, _ endMicros: Int64) -> Range<Int64> {
        let first = max(0, startMicros).addingClamped(999_999) / 1_000_000
        return first..<max(first, endMicros / 1_000_000)
    }

    /// The seconds that a window covers: one, or more where a worker was too late to cut one.
    package static func covered(by window: Window) -> Range<Int64> {
        covered(window.startMicros, window.endMicros)
    }

    /// The seconds that a window between two times covers.
    package static func covered(_ startMicros: Int64, _ endMicros: Int64) -> Range<Int64> {
        let first = max(0, startMicros) / 1_000_000
        return first..<max(first, max(0, endMicros).addingClamped(999_999) / 1_000_000)
    }
}
