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
    package var token: [UInt8]
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
        token: [UInt8],
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

/// A worker's bounds, in microseconds where they are times.
package struct WorkerLimits: Sendable {
    /// The first wait before a reconnect; it doubles from here.
    package var leastBackoffMicros: Int64 = 500_000
    package var greatestBackoffMicros: Int64 = 15_000_000
    /// From a connection's start to `welcome`.
    package var handshakeMicros: Int64 = 10_000_000
    /// Windows kept that are not acked: ten minutes of them. Past that the oldest is dropped.
    package var unackedWindows = 600
    /// Events that are sent in one second; the rest is counted.
    package var eventsPerSecond = 10
    /// Failed sessions of one reason whose events carry every step, in one run.
    package var exemplarsPerReason = 5
    /// Pings that the clock's offset is the best of.
    package var clockSamples = 16
    /// How long agents may take to end gracefully before they are cancelled.
    package var drainMicros: Int64 = 10_000_000
    /// How long agents may take to end once they are cancelled.
    package var cancelMicros: Int64 = 2_000_000
    /// With `once`: how long a worker tries to reach its coordinator.
    package var onceMicros: Int64 = 60_000_000
    /// How long the last windows may wait for their acks once everything has stopped.
    package var lastAckMicros: Int64 = 15_000_000

    package init() {}
}
