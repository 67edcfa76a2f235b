/// The time from one action's start to the next action's start within one session, and where it went.
///
/// The parts sum to the whole, to the microsecond: whatever nothing else claims is the client's own overhead.
struct Gap: Equatable, Sendable {
    var decisionMicros: Int64 = 0
    var targetMicros: Int64 = 0
    var thinkMicros: Int64 = 0
    var retryWaitMicros: Int64 = 0
    var overheadMicros: Int64 = 0

    /// The whole gap.
    var micros: Int64 { decisionMicros + targetMicros + thinkMicros + retryWaitMicros + overheadMicros }
}

/// Keeps the account of the gap that is running. Times are microseconds of the monotonic clock.
struct GapLedger: Sendable {
    /// What a stretch of time was spent on.
    enum Part: Sendable {
        case decision
        case target
        case think
        case retryWait
    }

    /// The start of the action that began the gap; nil before a session's first action.
    private var startMicros: Int64?
    /// Up to where time has been claimed: stretches do not overlap.
    private var claimedMicros: Int64 = .min
    private var gap = Gap()

    init() {}

    /// Claims a stretch of time.
    ///
    /// - Parameters:
    ///   - part: what it was spent on.
    ///   - from: its start; what was claimed already is left out.
    ///   - to: its end.
    ///   - waitMicros: how much of it were waits before retries.
    mutating func spend(_ part: Part, from: Int64, to: Int64, waitMicros: Int64 = 0) {
        let start = max(from, claimedMicros)
        guard to > start else { return }
        claimedMicros = to
        let wait = min(max(0, waitMicros), to - start)
        gap.retryWaitMicros += wait
        let rest = to - start - wait
        switch part {
        case .decision: gap.decisionMicros += rest
        case .target: gap.targetMicros += rest
        case .think: gap.thinkMicros += rest
        case .retryWait: gap.retryWaitMicros += rest
        }
    }

    /// An action starts: the gap that it ends is returned, nil for a session's first action.
    mutating func actionStarted(at now: Int64) -> Gap? {
        defer {
            startMicros = now
            claimedMicros = now
            gap = Gap()
        }
        guard let startMicros else { return nil }
        var ended = gap
        ended.overheadMicros = now - startMicros - ended.micros
        return ended
    }
}
