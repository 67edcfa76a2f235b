import ApeCore

/// How much of something may still be taken: so much a second, and at once as much as was saved up, to a limit.
struct TokenBucket: Sendable, Equatable {
    /// What comes in each second.
    let perSecond: Int64
    /// The most that is saved up, and what there is at the start.
    let burst: Int64
    /// In millionths.
    private var level: Int64
    private var filledAt: Int64?

    init(perSecond: Int64, burst: Int64) {
        self.perSecond = perSecond
        self.burst = burst
        level = burst * 1_000_000
    }

    /// Whether so much may be taken now; it is then.
    mutating func spend(_ amount: Int = 1, at time: some TimePoint) -> Bool {
        fill(at: time.micros)
        let cost = Int64(amount).multipliedReportingOverflow(by: 1_000_000)
        guard !cost.overflow, level >= cost.partialValue else { return false }
        level -= cost.partialValue
        return true
    }

    private mutating func fill(at micros: Int64) {
        defer { filledAt = max(filledAt ?? micros, micros) }
        guard let filledAt, micros > filledAt else { return }
        let (fresh, overflow) = micros.subtractingClamped(filledAt).multipliedReportingOverflow(by: perSecond)
        level = overflow ? burst * 1_000_000 : min(burst * 1_000_000, level.addingClamped(fresh))
    }
}
