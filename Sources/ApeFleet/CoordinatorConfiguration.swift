import ApeCore
import ApeWire

/// What a coordinator runs, and on what terms.
package struct CoordinatorConfiguration: Sendable {
    package var run: String
    /// The coordinator's name, for the workers' logs.
    package var name: String
    package var plan: Plan
    /// The seed of everything random in the run.
    package var seed: UInt64
    /// The scenario as the workers get it. Never a key or a token.
    package var scenario: JSONValue
    /// How many workers the run waits for.
    package var expectedWorkers: Int
    /// How long it waits for them.
    package var waitMicros: Int64 = 60_000_000
    /// How long a worker may work on without proof that it is heard.
    package var leaseMicros: Int64 = 10_000_000
    /// Between two pings.
    package var heartbeatMicros: Int64 = 1_000_000
    /// The fleet's shared secret; empty where none is demanded.
    package var token: [UInt8]
    package var authenticator: Authenticator
    package var limits = CoordinatorLimits()

    package init(
        run: String,
        name: String,
        plan: Plan,
        seed: UInt64,
        scenario: JSONValue,
        expectedWorkers: Int,
        token: [UInt8],
        authenticator: @escaping Authenticator
    ) {
        self.run = run
        self.name = name
        self.plan = plan
        self.seed = seed
        self.scenario = scenario
        self.expectedWorkers = expectedWorkers
        self.token = token
        self.authenticator = authenticator
    }

    /// From the moment a worker was last heard until its agents may run elsewhere: its lease (two, unless it has said
    /// that it runs nothing past the first), by the slowest clock that is believed possible, and the time its agents
    /// may take to be cancelled.
    func takeoverMicros(cancelsAtLease: Bool) -> Int64 {
        let silence = cancelsAtLease ? leaseMicros : 2 * leaseMicros
        return silence + Int64(Double(silence) * limits.clockDrift) + limits.cancelMicros
    }
}

/// A coordinator's bounds, in microseconds where they are times.
package struct CoordinatorLimits: Sendable {
    /// Connections that have not proven themselves; past that the oldest is closed.
    package var unauthenticatedConnections = 64
    /// From a connection's start to a good `hello`.
    package var handshakeMicros: Int64 = 5_000_000
    /// Strangers turned away that the facts tell of; further ones are only logged.
    package var turnedAwayFacts = 100
    /// Strangers turned away that are logged in one second; the rest is counted.
    package var turnedAwayLogsPerSecond = 10
    /// Workers of one run, those that have gone included.
    package var members = 20_000
    /// Events of one worker that are taken in one second, for those that do not keep to the contract's 10.
    package var eventsPerSecond = 20
    /// Failed sessions of one reason that are kept step by step from one worker, for those that tell more than 5.
    package var exemplarsPerReason = 10
    /// Pongs of a worker before its clock counts as known.
    package var clockPongs = 3
    /// How far two clocks' rates may differ: 2 %, a hundred times what quartz does and ten times what NTP slews by.
    package var clockDrift = 0.02
    /// How long a worker may take from deciding to cancel until its agents have stopped.
    package var cancelMicros: Int64 = 2_000_000
    /// How long all workers may take to prepare.
    package var prepareMicros: Int64 = 120_000_000
    /// From planning a stage to its start, so that every worker knows it in time.
    package var leadMicros: Int64 = 2_000_000
    /// Between two revisions of the split.
    package var replanMicros: Int64 = 250_000
    /// Between two commits.
    package var commitMicros: Int64 = 1_000_000
    /// Windows that wait to be stored; past that the worker that sent one more is sent away to come back later.
    package var waitingWindows = 50_000
    /// Bytes of such windows, as they came.
    package var waitingBytes = 128 << 20
    /// How long the end waits for workers to stop and their last windows to come in.
    package var finishMicros: Int64 = 30_000_000
    /// How long no worker at all may be there before the run is given up.
    package var allLostMicros: Int64 = 30_000_000

    package init() {}
}
