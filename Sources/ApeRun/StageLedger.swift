import ApeCore
import ApeFleet
import ApeMetrics

/// Everything that is kept of one stage.
///
/// **A hold owns the waits that begin in it.** Gaps, decisions and actions count in the stage and phase in which they
/// began, however long they take. When a hold is over the load goes on (into the next stage's ramp; after the last stage
/// with the same agents) until these have ended, normally one gap later, or `drain` (default 30 s) is over: shown as
/// "waiting for 12 answers". What is still open then counts as having lasted at least that long, in means and in
/// percentiles, and fails as `target_unanswered` or `inference_unanswered`, and its session with it.
package struct StageLedger: Sendable, Equatable {
    /// The share of the planned agents that must be active for a stage to be held.
    static let heldShare = 0.95

    package let stage: Stage
    /// nil until the stage starts.
    package private(set) var timeline: StageTimeline?
    /// What is judged.
    package private(set) var hold = Measures()
    /// Ramp, warm-up and drain: shown, never judged.
    package private(set) var aside = Measures()
    /// What the hold began and did not end.
    package private(set) var drain = Drain()
    /// One entry for each whole second of the stage, from ``StageTimeline/seconds``.
    package private(set) var seconds: [SecondTotals] = []
    /// When the failures of the hold were seen.
    private(set) var failureSpans = FailureSpans()
    /// What the user's own conditions have to go by, in their order.
    private(set) var thresholds: [ThresholdTally]
    /// Whether it was started over, so that there are windows of an earlier attempt.
    private var isStartedOver = false
    /// The hold was cut short here; fleet time.
    package private(set) var cutMicros: Int64?

    /// The name of rows that were used up before the hold's end, so that agents could begin no further session; nil where
    /// none were.
    package private(set) var usedUpRows: String?

    init(stage: Stage, thresholds: [Threshold] = []) {
        self.stage = stage
        self.thresholds = thresholds.map(ThresholdTally.init)
    }

    /// Rows were used up at this moment.
    mutating func rowsUsedUp(_ set: String, atMicros: Int64) {
        if !isOver(atMicros: atMicros) { usedUpRows = usedUpRows ?? set }
    }

    private func isOver(atMicros: Int64) -> Bool {
        timeline.map { min($0.end.micros, cutMicros ?? .max) <= atMicros } ?? false
    }

    /// The whole seconds that the hold really had.
    package var heldSeconds: Range<Int64> {
        guard let timeline else { return 0..<0 }
        let planned = timeline.holdSeconds
        guard let cutMicros else { return planned }
        let end = max(planned.lowerBound, min(planned.upperBound, cutMicros / 1_000_000))
        return planned.lowerBound..<end
    }

    /// The totals of the hold's seconds.
    package var holdTotals: ArraySlice<SecondTotals> {
        guard let timeline else { return [] }
        let first = timeline.seconds.lowerBound
        let range = heldSeconds.clamped(to: first..<first + Int64(seconds.count))
        return seconds[Int(range.lowerBound - first)..<Int(range.upperBound - first)]
    }

    /// **Stalled is not active.** An agent whose wait for one answer has lasted longer than ten times its stage's MTBA
    /// target is stalled. `active` leaves stalled agents out and keeps those in back-off in. Achieved of a stage = the
    /// least of `active` over its hold; a stage is held at >= 95 % of its target.
    ///
    /// nil for a stage that was not held. An agent whose window did not arrive does not count: only what was reported is
    /// achieved.
    package var achievedAgents: Int? { holdTotals.map(\.active).min() }

    /// Whether at least 95 % of the target was achieved throughout the hold.
    package var isSuccess: Bool {
        achievedAgents.map { Double($0) >= Self.heldShare * Double(stage.agents) } ?? false
    }

    /// Whether at least 95 % of the target was achieved throughout the hold but for some seconds.
    func isHeld(but seconds: [Range<Int64>]) -> Bool {
        let hold = holdTotals
        guard !hold.isEmpty, let first = timeline?.seconds.lowerBound else { return false }
        return hold.indices.allSatisfy { index in
            Double(hold[index].active) >= Self.heldShare * Double(stage.agents)
                || seconds.contains { $0.contains(first + Int64(index)) }
        }
    }

    /// The stalled agents of the second that had the most, where they were too many for the stage to be held.
    package var stalledAgents: Int? {
        holdTotals.map(\.stalled).max().flatMap {
            Double($0) > (1 - Self.heldShare) * Double(stage.agents) ? $0 : nil
        }
    }

    mutating func started(_ timeline: StageTimeline) {
        guard timeline != self.timeline else { return }
        // A stage that is started over is judged by its last attempt alone.
        isStartedOver = self.timeline != nil
        drain = Drain()
        aside.merge(hold)
        hold = Measures()
        thresholds = thresholds.map { ThresholdTally($0.threshold) }
        failureSpans = FailureSpans()
        cutMicros = nil
        self.timeline = timeline
        let length = min(Int64(timeline.seconds.count), SecondSet.maximumSeconds)
        seconds = Array(repeating: SecondTotals(), count: Int(length))
    }

    /// Whether a window is of an attempt before the stage was started over.
    func isEarlier(_ window: Window) -> Bool {
        isStartedOver && window.startMicros < timeline?.start.micros ?? .min
    }

    /// Adds a window of an earlier attempt.
    mutating func addEarlier(_ window: Window) { aside.add(window) }

    /// Whether the stage is open and nobody has ended it yet.
    var isHeldOpen: Bool { stage.isOpen && timeline != nil && cutMicros == nil }

    mutating func cut(atMicros: Int64) {
        cutMicros = min(cutMicros ?? .max, atMicros)
        guard stage.isOpen, let timeline, let cutMicros else { return }
        // An open stage has room for the longest hold that there may be.
        let length = max(0, cutMicros / 1_000_000 - timeline.seconds.lowerBound)
        seconds = Array(seconds.prefix(Int(clamping: length)))
    }

    /// Adds a window; `fresh` are the seconds for which its worker had not reported before.
    mutating func add(_ window: Window, fresh: [Int64]) {
        let judged = timeline?.judges(window) ?? false
        if judged { hold.add(window) } else { aside.add(window) }
        guard let timeline else { return }
        let first = timeline.seconds.lowerBound
        let second = max(0, window.startMicros) / 1_000_000
        if judged {
            drain.add(window)
            for index in thresholds.indices where thresholds[index].concerns(stage) {
                thresholds[index].add(window, offset: second - timeline.holdSeconds.lowerBound)
            }
            for (name, number) in window.counters where number > 0 && name.isOf(.sessionFailures) {
                name.labelValue.map { failureSpans.note($0, second: second) }
            }
        }
        for second in fresh {
            let index = Int(second - first)
            guard seconds.indices.contains(index) else { continue }
            seconds[index].active += max(0, window.active)
            seconds[index].stalled += max(0, window.stalled)
            seconds[index].workers += 1
        }
        // A late joiner's ramp inside the hold counts as active, but its samples are not the hold's.
        let index = Int(clamping: second - first)
        guard seconds.indices.contains(index) else { return }
        seconds[index].time.add(window)
        if judged || !timeline.holdSeconds.contains(second) { seconds[index].add(window) }
    }

    /// Adds what a server showed in a second of the hold.
    mutating func add(_ sample: ServerSample, offset: Int64) {
        for index in thresholds.indices where thresholds[index].concerns(stage) {
            thresholds[index].add(sample, offset: offset)
        }
    }

    /// Takes note of when some sessions were open.
    ///
    /// - Returns: whether they may have been open before the stage too.
    mutating func noteOpen(_ span: SessionSpan) -> Bool {
        guard let first = timeline?.seconds.lowerBound else { return true }
        let open = span.seconds.clamped(to: first..<first + Int64(seconds.count))
        guard !open.isEmpty else { return span.seconds.lowerBound < first }
        let (from, to) = (Int(open.lowerBound - first), Int(open.upperBound - first))
        seconds[from].open(span.sessions, span.successful)
        if seconds.indices.contains(to) { seconds[to].open(-span.sessions, -span.successful) }
        return span.seconds.lowerBound < first
    }
}

extension CounterName {
    /// Whether it counts sessions that ended by themselves.
    var isCompletedSessions: Bool { self == .sessionsSucceeded || isOf(.sessionsFailed) }
}
