/// What a worker knows of fleet time.
///
/// Every ping says when it was sent. Fleet time minus the worker's clock is at least that minus the moment of
/// arrival, and the ping that was under way for the least time comes closest: so the offset is the greatest such
/// difference of the latest pings. It falls short by that ping's time on the way.
struct FleetClock: Sendable {
    /// Pings that the offset is the best of; older ones go, since clocks drift.
    let capacity: Int
    private var differences: [Int64] = []
    private var next = 0
    private var latestMicros: Int64 = .min
    /// Fleet time minus the worker's clock; 0 while unknown.
    private(set) var offsetMicros: Int64 = 0

    init(samples capacity: Int) {
        self.capacity = capacity
    }

    var isKnown: Bool { !differences.isEmpty }

    mutating func sample(sentMicros: Int64, receivedMicros: Int64) {
        let difference = sentMicros - receivedMicros
        if differences.count < capacity {
            differences.append(difference)
        } else {
            differences[next] = difference
            next = (next + 1) % capacity
        }
        offsetMicros = differences.max() ?? 0
    }

    /// Fleet time at a moment of the worker's clock. It never runs backwards: where a better sample says that it ran
    /// ahead, it stands still until it is right.
    mutating func fleetMicros(at localMicros: Int64) -> Int64 {
        latestMicros = max(latestMicros, localMicros + offsetMicros)
        return latestMicros
    }

    /// The moment of the worker's clock at which fleet time will be `fleetMicros`.
    func localMicros(of fleetMicros: Int64) -> Int64 {
        fleetMicros - offsetMicros
    }
}

extension Int64 {
    /// One second in microseconds.
    static let second: Int64 = 1_000_000

    /// The whole second at or before this time.
    var secondFloor: Int64 { self - ((self % .second) + .second) % .second }
    /// The whole second at or after this time.
    var secondCeiling: Int64 { (self + .second - 1).secondFloor }
}
