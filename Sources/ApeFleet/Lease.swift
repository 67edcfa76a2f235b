/// A worker's permission to load the target, which its coordinator must keep renewing.
///
/// It runs from the latest moment, on the worker's own clock, of which the worker has proof that the coordinator
/// heard it: not from the arrival of a ping, which may have waited anywhere on its way. So it always ends before the
/// coordinator, counting from the moment at which it heard the same words, gives the agents to others.
struct Lease: Sendable, Equatable {
    /// Its length; 0 before the first welcome.
    private(set) var lengthMicros: Int64 = 0
    private(set) var heardMicros: Int64 = 0
    /// Whether the shell runs agents under it: from the first assignment until it was told to cancel them.
    var isInForce = false

    /// The coordinator has heard what this worker said at a moment of the worker's clock.
    mutating func heard(atMicros: Int64, lengthMicros: Int64) {
        heardMicros = max(heardMicros, atMicros)
        self.lengthMicros = lengthMicros
    }

    func isValid(at nowMicros: Int64) -> Bool { nowMicros < validUntilMicros }

    /// Until when it is worth something, unless it is renewed.
    var validUntilMicros: Int64 { heardMicros + lengthMicros }

    /// When the shell has to be told next.
    var nextChangeMicros: Int64? { isInForce ? validUntilMicros : nil }

    /// How long a connection may be silent before another one is tried: early enough to come back within the lease.
    var silenceMicros: Int64 { lengthMicros / 2 }
}
