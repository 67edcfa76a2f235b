import ApeCore

/// How many events a worker may still send in this second; what goes beyond is counted.
struct EventBudget: Sendable {
    let perSecond: Int
    private var second: Int64?
    private var spent = 0
    /// Events that were not sent since the last ``takeDropped()``.
    private(set) var dropped: Int64 = 0

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    /// Whether one more may go out now.
    mutating func spend(at time: some TimePoint) -> Bool {
        let now = time.secondFloor.micros
        if now != second { (second, spent) = (now, 0) }
        guard spent < perSecond else { return false }
        spent += 1
        return true
    }

    /// Whether at least half of what may go out in this second is left.
    func mostly(at time: some TimePoint) -> Bool {
        time.secondFloor.micros != second || spent < (perSecond + 1) / 2
    }

    mutating func drop() {
        dropped += 1
    }

    /// The number to report, once.
    mutating func takeDropped() -> Int64 {
        defer { dropped = 0 }
        return dropped
    }
}
