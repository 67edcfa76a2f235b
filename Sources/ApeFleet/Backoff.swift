import ApeCore

/// Waits between attempts to connect: each up to twice the one before, and anywhere in its upper half, so that a
/// fleet does not come back all at once.
struct Backoff: Sendable {
    let least: Micros
    let greatest: Micros
    private var ceiling: Micros
    private var random: SeededRandom

    init(least: Micros, greatest: Micros, seed: UInt64) {
        self.least = least
        self.greatest = greatest
        ceiling = least
        random = SeededRandom(seed: seed)
    }

    /// The next wait.
    mutating func next() -> Micros {
        let half = ceiling / 2
        let wait = half + half.scaled(by: random.unit())
        ceiling = min(greatest, ceiling * 2)
        return max(least, wait)
    }

    /// The connection stood: the next wait is the shortest again.
    mutating func reset() {
        ceiling = least
    }
}
