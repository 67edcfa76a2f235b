/// A worker's permission to load the target, which its coordinator must keep renewing.
///
/// It runs from the latest moment, on the worker's own clock, of which the worker has proof that the coordinator
/// heard it: not from the arrival of a ping, which may have waited anywhere on its way. So it always ends before the
/// coordinator, counting from the moment at which it heard the same words, gives the agents to others.
struct Lease: Sendable, Equatable {
    enum Standing: Sendable, Equatable {
        /// Agents work.
        case valid
        /// One lease without proof: no new session.
        case held
        /// Two leases without proof: nothing runs.
        case cancelled
    }

    /// Its length; 0 before the first welcome.
    private(set) var lengthMicros: Int64 = 0
    private(set) var heardMicros: Int64 = 0
    /// What the shell was last told.
    var standing = Standing.cancelled
    /// Whether the shell was told to start no session, and not yet that it may again.
    var holdsSessions = false

    /// The coordinator has heard what this worker said at a moment of the worker's clock.
    mutating func heard(atMicros: Int64, lengthMicros: Int64) {
        heardMicros = max(heardMicros, atMicros)
        self.lengthMicros = lengthMicros
    }

    /// What the lease is worth now.
    func standing(at nowMicros: Int64) -> Standing {
        if nowMicros < validUntilMicros { return .valid }
        return nowMicros < heardMicros + 2 * lengthMicros ? .held : .cancelled
    }

    /// Until when it is worth something, unless it is renewed.
    var validUntilMicros: Int64 { heardMicros + lengthMicros }

    /// When the standing gets worse than what the shell was told.
    var nextChangeMicros: Int64? {
        switch standing {
        case .valid: validUntilMicros
        case .held: heardMicros + 2 * lengthMicros
        case .cancelled: nil
        }
    }
}
