import ApeCore
import ApeWire

/// Who a worker is and how it behaves towards its coordinator.
package struct WorkerConfiguration: Sendable {
    /// The UUID of this process: new with every start, for a process that starts again knows nothing of its agents.
    package var worker: String
    /// For people.
    package var name: String
    /// The worker software's version.
    package var software: String
    package var capacity: Capacity
    /// The fleet's shared secret; empty where the coordinator demands none.
    package var token: Secret
    package var authenticator: Authenticator
    /// Whether to end after one run, and at the first refusal, rather than to wait for another.
    package var once: Bool
    /// Where the jitter of reconnects comes from; different for every worker.
    package var jitterSeed: UInt64
    package var limits = WorkerLimits()

    package init(
        worker: String,
        name: String,
        software: String,
        capacity: Capacity,
        token: Secret,
        authenticator: @escaping Authenticator,
        once: Bool = false,
        jitterSeed: UInt64
    ) {
        self.worker = worker
        self.name = name
        self.software = software
        self.capacity = capacity
        self.token = token
        self.authenticator = authenticator
        self.once = once
        self.jitterSeed = jitterSeed
    }
}

/// A worker's bounds.
package struct WorkerLimits: Sendable {
    /// The first wait before a reconnect; it doubles from here.
    var leastBackoff = Micros.milliseconds(500)
    package var greatestBackoff = Micros.seconds(15)
    /// From a connection's start to `welcome`.
    package var handshake = Micros.seconds(10)
    /// Windows kept that are not acked: ten minutes of them. Past that the oldest is dropped.
    package var unackedWindows = 600
    /// Events that are sent in one second; the rest is counted.
    var eventsPerSecond = 10
    /// Failed sessions of one reason whose events carry every step, in one run.
    var exemplarsPerReason = 5
    /// Pings that the clock's offset is the best of.
    var clockSamples = 16
    /// How long agents may take to end gracefully before they are cancelled.
    package var drain = Micros.seconds(10)
    /// How long agents may take to end once they are cancelled.
    package var cancel = Micros.seconds(2)
    /// With `once`: how long a worker tries to reach its coordinator.
    package var once = Micros.seconds(60)
    /// How long the last windows may wait for their acks once everything has stopped.
    var lastAck = Micros.seconds(15)

    package init() {}
}
