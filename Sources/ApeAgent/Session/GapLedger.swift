import ApeMetrics

/// Keeps the account of the gap that is running: the time from one action's start to the next action's start within
/// one session, and where it went. Times are microseconds of the monotonic clock.
struct GapLedger: Sendable {
    /// What a stretch of time was spent on.
    enum Part: Sendable {
        /// Asking the model, with the moment of the first token; nil where none came.
        case decision(firstToken: Int64?)
        case target
        case think
        case retryWait
    }

    /// The start of the action that began the gap, and its route; nil before a session's first action.
    private var begun: (micros: Int64, route: String)?
    /// Up to where time has been claimed: stretches do not overlap.
    private var claimedMicros: Int64 = .min
    private var gap = GapBreakdown()

    init() {}

    /// Claims a stretch of time.
    ///
    /// - Parameters:
    ///   - part: what it was spent on.
    ///   - from: its start; what was claimed already is left out.
    ///   - to: its end.
    ///   - waitMicros: how much of it were waits before retries, which end before a decision's first token.
    mutating func spend(_ part: Part, from: Int64, to: Int64, waitMicros: Int64 = 0) {
        let start = max(from, claimedMicros)
        guard to > start else { return }
        claimedMicros = to
        let wait = min(max(0, waitMicros), to - start)
        gap.retryWaitMicros += wait
        let rest = to - start - wait
        switch part {
        case .decision(let firstToken):
            let generation = min(rest, max(0, to - (firstToken ?? to)))
            gap.generationMicros += generation
            gap.firstTokenMicros += rest - generation
        case .target: gap.targetMicros += rest
        case .think: gap.thinkMicros += rest
        case .retryWait: gap.retryWaitMicros += rest
        }
    }

    /// An action of a route starts: the gap that it ends is returned with the route of the action that began it, nil
    /// for a session's first action.
    mutating func actionStarted(_ route: String, at now: Int64) -> (gap: GapBreakdown, route: String)? {
        defer {
            begun = (now, route)
            claimedMicros = now
            gap = GapBreakdown()
        }
        guard let begun else { return nil }
        var ended = gap
        ended.gaps = 1
        ended.gapMicros = now - begun.micros
        ended.overheadMicros = ended.gapMicros - ended.partsMicros
        return (ended, begun.route)
    }
}
