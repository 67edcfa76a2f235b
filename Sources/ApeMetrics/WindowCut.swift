/// One worker's second, as it was cut.
package struct WindowCut: Sendable, Equatable {
    /// What began in the running phase and ended in this second.
    package var tally = WindowTally()
    /// What ended in this second, and began in an earlier phase.
    package var late: [LateTally] = []
    /// The least number of agents that were at work and not stalled.
    package var active = 0
    /// Agents that have waited for one answer for too long.
    package var stalled = 0
    /// Agents that still owe an answer to a hold that is over.
    package var waiting = 0
    /// How long the window really was: a cut is never quite on the second.
    package var lengthMicros: Int64 = 0
    /// How long agents were there, together: counted by their starts and stops alone.
    package var presentMicros: Int64 = 0

    package init() {}

    /// Samples of one earlier second.
    package struct LateTally: Sendable, Equatable {
        package var place: WindowPlace
        package var tally: WindowTally
    }
}

/// Which second of which phase a window is of.
package struct WindowPlace: Sendable, Equatable {
    /// The stage's index in the plan.
    package var stage: Int
    package var revision: Int
    package var phase: Window.Phase
    /// Fleet time.
    package var startMicros: Int64
    /// Fleet time.
    package var endMicros: Int64

    package init(stage: Int, revision: Int, phase: Window.Phase, startMicros: Int64, endMicros: Int64) {
        self.stage = stage
        self.revision = revision
        self.phase = phase
        self.startMicros = startMicros
        self.endMicros = endMicros
    }
}
