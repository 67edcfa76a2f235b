/// When a stage runs: its start and the lengths of its three parts. Facts, the wire and the ledger all tell of it in
/// this form.
package struct StageTimeline: Sendable, Equatable {
    /// The stage's index in the plan.
    package var stage: Int
    /// A whole second.
    package var start: FleetTime
    package var ramp: Micros
    package var warmup: Micros
    package var hold: Micros

    package init(stage: Int, start: FleetTime, ramp: Micros, warmup: Micros, hold: Micros) {
        self.stage = stage
        self.start = start
        self.ramp = ramp
        self.warmup = warmup
        self.hold = hold
    }

    /// The timeline of a plan's stage that starts at `start`.
    package init(stage: Int, of plan: Plan, start: FleetTime) {
        let planned = plan.stages[stage]
        self.init(
            stage: stage,
            start: start,
            ramp: Micros(planned.rampMicros),
            warmup: Micros(planned.warmupMicros),
            hold: Micros(planned.holdMicros)
        )
    }

    /// When the hold begins.
    package var holdStart: FleetTime { start + ramp + warmup }
    /// When the hold is over, and the stage with it.
    package var end: FleetTime { holdStart + hold }

    /// The whole seconds of fleet time inside the stage.
    package var seconds: Range<Int64> { WholeSeconds.inside(start, end) }
    /// The whole seconds of fleet time inside the hold.
    package var holdSeconds: Range<Int64> { WholeSeconds.inside(holdStart, end) }
}
