import ApeCore

/// A worker's permission to load the target, which its coordinator must keep renewing.
///
/// It runs from the latest moment, on the worker's own clock, of which the worker has proof that the coordinator
/// heard it: not from the arrival of a ping, which may have waited anywhere on its way. So it always ends before the
/// coordinator, counting from the moment at which it heard the same words, gives the agents to others.
struct Lease: Sendable, Equatable {
    /// Its length; zero before the first welcome.
    private(set) var length = Micros.zero
    private(set) var heardAt = LocalTime(micros: 0)
    /// Whether the shell runs agents under it: from the first assignment until it was told to cancel them.
    var isInForce = false

    /// The coordinator has heard what this worker said at a moment of the worker's clock.
    mutating func heard(at time: LocalTime, length: Micros) {
        heardAt = max(heardAt, time)
        self.length = length
    }

    func isValid(at now: LocalTime) -> Bool { now < validUntil }

    /// Until when it is worth something, unless it is renewed.
    var validUntil: LocalTime { heardAt + length }

    /// When the shell has to be told next.
    var nextChange: LocalTime? { isInForce ? validUntil : nil }

    /// How long a connection may be silent before another one is tried: early enough to come back within the lease.
    var silence: Micros { length / 2 }
}
