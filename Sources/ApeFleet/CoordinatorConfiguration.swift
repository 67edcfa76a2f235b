import ApeCore
import ApeWire

/// What a coordinator runs, and on what terms.
package struct CoordinatorConfiguration: Sendable {
    package var run: String
    /// The coordinator's name, for the workers' logs.
    package var name: String
    /// Names the clock of this process; another process has another name for its own.
    package var clock: String
    package var plan: Plan
    /// The seed of everything random in the run.
    package var seed: UInt64
    /// The scenario as the workers get it. Never a key or a token.
    package var scenario: JSONValue
    /// The rows of data that workers ask for; none where the scenario holds all that they need.
    package var rowSets: [RowSet] = []
    /// How many workers the run waits for.
    package var expectedWorkers: Int
    /// How long it waits for them.
    package var wait = Micros.seconds(60)
    /// How long a worker may work on without proof that it is heard.
    package var lease = Micros.seconds(10)
    /// Between two pings.
    package var heartbeat = Micros.seconds(1)
    /// How long what a hold began is waited for once it is over.
    package var drain = Assign.defaultDrain
    /// The fleet's shared secret; empty where none is demanded.
    package var token: Secret
    package var authenticator: Authenticator
    package var limits = CoordinatorLimits()

    package init(
        run: String,
        name: String,
        clock: String,
        plan: Plan,
        seed: UInt64,
        scenario: JSONValue,
        expectedWorkers: Int,
        token: Secret,
        authenticator: @escaping Authenticator
    ) {
        self.run = run
        self.name = name
        self.clock = clock
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
    func takeover(cancelsAtLease: Bool) -> Micros {
        let silence = cancelsAtLease ? lease : lease * 2
        return silence + silence.scaled(by: limits.clockDrift) + limits.cancel
    }
}

extension CoordinatorConfiguration {
    /// The connections that may stand at a time: those of the expected workers, and of strangers.
    package var mostConnections: Int { expectedWorkers + limits.unauthenticatedConnections }
}

/// A coordinator's bounds.
package struct CoordinatorLimits: Sendable {
    /// Connections that have not proven themselves; past that the address with the most loses its oldest.
    var unauthenticatedConnections = 256
    /// Of these, those of one address; past that it loses its oldest.
    var unauthenticatedPerAddress = 64
    /// From a connection's start to a good `hello`.
    package var handshake = Micros.seconds(5)
    /// Connections turned away that the facts tell of; further ones are only logged.
    var turnedAwayFacts = 100
    /// Connections turned away that are logged in one second; the rest is counted.
    var turnedAwayLogsPerSecond = 10
    /// Workers of one run, those that have gone included.
    package var members = 20_000
    /// Events of one worker that are taken in one second, for those that do not keep to the contract's 10.
    var eventsPerSecond = 20
    /// Events of one worker that are taken in the long run.
    var events = TokenBucket(perSecond: 2, burst: 600)
    /// Windows of one worker that had not come before: the contract's one a second with its late ones, and twice what a
    /// worker keeps over an outage.
    var windows = TokenBucket(perSecond: 10, burst: 1_200)
    /// Bytes of such windows: one of the longest each second.
    var windowBytes = TokenBucket(perSecond: 1 << 20, burst: 32 << 20)
    /// How long no further window is taken of a worker that sent too many; then it is asked to come again.
    var windowPause = Micros.seconds(10)
    /// Lines of one worker, and their bytes.
    var lines = TokenBucket(perSecond: 1_000, burst: 10_000)
    var bytes = TokenBucket(perSecond: 4 << 20, burst: 128 << 20)
    /// Lines of one worker that make the coordinator do or say something: pongs, windows, events and rows left out.
    var orders = TokenBucket(perSecond: 20, burst: 200)
    /// Requests of one worker for rows of data.
    var rowRequests = TokenBucket(perSecond: 200, burst: 4_000)
    /// Connections of one worker that has been there before.
    var connections = TokenBucket(perSecond: 1, burst: 30)
    /// Log lines on one worker's account in one second; the rest is counted.
    var logsPerSecond = 5
    /// Between two facts on what a worker sent too much of.
    var excessPeriod = Micros.seconds(60)
    /// Failed sessions of one reason that are kept step by step from one worker, for those that tell more than 5.
    var exemplarsPerReason = 10
    /// Successful sessions that are kept step by step from one worker, for those that tell more than
    /// ``SuccessBudget/inAll``.
    var successesPerWorker = 200
    /// Successful sessions that are kept step by step in one run.
    var successes = 1_000
    /// Pongs of a worker before its clock counts as known.
    var clockPongs = 3
    /// How far two clocks' rates may differ: 2 %, a hundred times what quartz does and ten times what NTP slews by.
    var clockDrift = 0.02
    /// How long a worker may take from deciding to cancel until its agents have stopped.
    package var cancel = Micros.seconds(2)
    /// How long all workers may take to prepare.
    package var prepare = Micros.seconds(120)
    /// From a run's being taken up after a suspension to the start of the stage that is measured anew, so that workers have
    /// come back: more than they wait between two tries to connect.
    var reunion = Micros.seconds(16)
    /// From planning a stage to its start, so that every worker knows it in time.
    var lead = Micros.seconds(2)
    /// How long a run may stand still because somebody wants it to; then it ends.
    package var longestPause = Micros.seconds(86_400)
    /// Between two revisions of the split.
    var replanInterval = Micros.milliseconds(250)
    /// Between two commits.
    var commitInterval = Micros.seconds(1)
    /// Windows that wait to be stored; past that the worker that sent one more is sent away to come back later.
    package var waitingWindows = 50_000
    /// Bytes of such windows, as they came.
    var waitingBytes = 128 << 20
    /// Facts that wait to be stored; past that no event is taken.
    var waitingFacts = 100_000
    /// Until a commit that found the store busy is tried again.
    var commitRetry = Micros.milliseconds(250)
    /// How long a store may be busy while the run goes on: what workers keep lasts as long.
    package var busyStore = Micros.seconds(600)
    /// How long it may be at the end, when there is nothing else to wait for.
    package var busyStoreAtEnd = Micros.seconds(120)
    /// A commit that took longer is told of.
    var slowCommit = Micros.seconds(5)
    /// How long the end waits for workers to stop and their last windows to come in.
    package var finish = Micros.seconds(30)
    /// How long no worker at all may be there before the run is given up.
    package var allLost = Micros.seconds(30)
}
