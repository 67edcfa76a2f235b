import ApeCore

/// What a worker knows of fleet time.
///
/// Every ping says when it was sent. Fleet time minus the worker's clock is at least that minus the moment of
/// arrival, and the ping that was under way for the least time comes closest: so the offset is the greatest such
/// difference of the latest pings. It falls short by that ping's time on the way.
struct FleetClock: Sendable {
    /// Pings that the offset is the best of; older ones go, since clocks drift.
    let capacity: Int
    private var differences: [Micros] = []
    private var next = 0
    private var latest = FleetTime.distantPast
    /// Fleet time minus the worker's clock; zero while unknown.
    private(set) var offset = Micros.zero

    init(samples capacity: Int) {
        self.capacity = capacity
    }

    var isKnown: Bool { !differences.isEmpty }

    /// Forgets what another coordinator's pings said: its clock is another one.
    mutating func forgetSamples() {
        differences = []
        next = 0
    }

    /// Lets fleet time begin anew, for a run that has measured nothing yet.
    mutating func beginRun() {
        latest = .distantPast
    }

    mutating func sample(sent: FleetTime, received: LocalTime) {
        let difference = sent - FleetTime(micros: received.micros)
        if differences.count < capacity {
            differences.append(difference)
        } else {
            differences[next] = difference
            next = (next + 1) % capacity
        }
        offset = differences.max() ?? .zero
    }

    /// Fleet time at a moment of the worker's clock. It never runs backwards in a run: where a better sample says that it
    /// ran ahead, it stands still until it is right.
    mutating func fleetTime(at local: LocalTime) -> FleetTime {
        latest = max(latest, FleetTime(micros: local.micros) + offset)
        return latest
    }

    /// The moment of the worker's clock at which fleet time will be `fleet`.
    func localTime(of fleet: FleetTime) -> LocalTime {
        LocalTime(micros: fleet.micros) - offset
    }
}
