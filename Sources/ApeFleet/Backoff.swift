import ApeCore

/// Waits between attempts to connect: each up to twice the one before, and anywhere in its upper half, so that a
/// fleet does not come back all at once.
struct Backoff: Sendable {
    let leastMicros: Int64
    let greatestMicros: Int64
    private var ceilingMicros: Int64
    private var random: SeededRandom

    init(leastMicros: Int64, greatestMicros: Int64, seed: UInt64) {
        self.leastMicros = leastMicros
        self.greatestMicros = greatestMicros
        ceilingMicros = leastMicros
        random = SeededRandom(seed: seed)
    }

    /// The next wait.
    mutating func next() -> Int64 {
        let wait = ceilingMicros / 2 + Int64(random.unit() * Double(ceilingMicros / 2))
        ceilingMicros = min(greatestMicros, ceilingMicros * 2)
        return max(leastMicros, wait)
    }

    /// The connection stood: the next wait is the shortest again.
    mutating func reset() {
        ceilingMicros = leastMicros
    }
}
