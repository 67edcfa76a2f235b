import ApeCore
import ApeMetrics
import ApeWire

extension CoordinatorMachine {
    /// What a coordinator's shell tells its machine.
    package enum Event: Sendable {
        /// The listener stands: the first event, once.
        case started
        /// A connection was accepted. `nonce` is 32 new random bytes.
        case connected(ConnectionID, peer: String, nonce: Nonce)
        /// Bytes have come, cut anywhere.
        case received(ConnectionID, [UInt8])
        /// A connection has ended, for whatever reason. Also welcome for one that the machine closed.
        /// `reason` is why it broke, where it did.
        case disconnected(ConnectionID, reason: String? = nil)
        /// ``CoordinatorMachine/nextWake`` has come.
        case timer
        /// The batch of the last ``Action/commit(_:)`` is durable.
        case committed
        /// The batch of the last ``Action/commit(_:)`` is not stored, since the store is busy: it may be later.
        case commitDelayed(String)
        /// The batch of the last ``Action/commit(_:)`` could not be stored.
        case commitFailed(String)
        /// The user asked to end (SIGINT, SIGTERM).
        case interrupted
        /// This coordinator has to end, and the run is to go on with another.
        case suspended
        /// The user wants another number of agents; only an open stage heeds it.
        case rescale(Int)
        /// The user wants the run to stand still for a while; see ``CoordinatorMachine/pauseRefusal(at:)``.
        case paused
        /// The user wants a run that stands still to go on.
        case continued
        /// The try that ``FleetFact/Kind/tried(stage:)`` told of was judged, and the search goes on with this one; without
        /// one the run ends as if its plan had.
        case judged(next: Stage?)
        /// The user has seen enough: the run ends as if its plan had.
        case stopped
        /// What is stored has come to what the run may cost. Welcome again for as long as that is so.
        case budgetSpent
        /// A condition that ends the run failed. Welcome again for as long as that is so.
        case thresholdFailed(String)
        /// What ``Action/sendRows(_:_:)`` asks for cannot be read.
        case rowsFailed(ApeError)
    }

    /// What a coordinator's shell has to do, in order.
    package enum Action: Sendable, Equatable {
        case send(ConnectionID, [UInt8])
        /// Send these rows of data, with their values; answer with ``Event/rowsFailed(_:)`` where they cannot be read.
        case sendRows(ConnectionID, RowDelivery)
        /// Close the connection, after these last bytes if there are any.
        case close(ConnectionID, after: [UInt8])
        /// Store this in one transaction; answer with ``Event/committed`` once it is durable, ``Event/commitDelayed(_:)`` or
        /// ``Event/commitFailed(_:)``. At most one is under way at a time; one that was delayed comes again.
        case commit(CommitBatch)
        /// How the run goes; about once a second.
        case progress(Progress)
        /// The run is over and everything is stored; no event is taken any more.
        case finished(RunOutcome)
        case log(LogLine)
    }
}

/// What is stored in one transaction.
package struct CommitBatch: Sendable, Equatable {
    /// In the order in which they came. None has been in an earlier batch.
    package var windows: [StoredWindow] = []
    /// In order; the store keeps their order over the whole run.
    package var facts: [FleetFact] = []

    package init(windows: [StoredWindow] = [], facts: [FleetFact] = []) {
        self.windows = windows
        self.facts = facts
    }

    package var isEmpty: Bool { windows.isEmpty && facts.isEmpty }
}

/// A window with the worker it came from: unique by (run, worker, seq).
package struct StoredWindow: Sendable, Equatable {
    /// The worker's UUID.
    package var worker: String
    package var window: Window
    /// Fleet time at which it came in.
    package var received: FleetTime

    package init(worker: String, window: Window, received: FleetTime) {
        self.worker = worker
        self.window = window
        self.received = received
    }
}

/// What a stored run tells the coordinator that takes it up again.
package struct RecoveredRun: Sendable {
    /// Every fact, in the order of storing.
    package var facts: [FleetFact]
    /// The number of the latest stored window, by worker.
    package var lastSeqs: [String: Int64]
    /// Fleet time at which the latest stored window came in; 0 without any.
    package var lastReceived: FleetTime
    /// The latest second that is stored of each worker.
    package var lastWindows: [String: LastWindow]

    package init(
        facts: [FleetFact],
        lastSeqs: [String: Int64] = [:],
        lastReceived: FleetTime = FleetTime(micros: 0),
        lastWindows: [String: LastWindow] = [:]
    ) {
        self.facts = facts
        self.lastSeqs = lastSeqs
        self.lastReceived = lastReceived
        self.lastWindows = lastWindows
    }
}

/// How a run goes, for people and gauges.
package struct Progress: Sendable, Equatable {
    package enum Phase: String, Sendable, CaseIterable {
        /// Workers are waited for.
        case gathering
        /// Workers get ready.
        case preparing
        /// Agents start, or the stage warms up.
        case ramp
        /// What is judged.
        case hold
        /// The last hold is over, and the load goes on until what it began has been answered.
        case drain
        /// Workers stop, and the last windows come in.
        case finishing
    }

    package var phase: Phase
    /// Fleet time.
    package var now: FleetTime
    /// The stage's index in the plan; nil before the first.
    package var stage: Int?
    /// When the phase ends, where that is known; fleet time.
    package var phaseEnd: FleetTime?
    package var expectedWorkers: Int
    /// Workers with a connection.
    package var connectedWorkers: Int
    /// Workers that had agents and cannot be heard, their leases still running.
    package var silentWorkers: Int
    /// Agents that the stage asks for.
    package var targetAgents: Int
    /// Agents that workers were told to run.
    package var assignedAgents: Int
    /// Agents at work, by each worker's latest window.
    package var activeAgents: Int
    /// Agents that owe an answer to a hold that is over, by each worker's latest window.
    package var waitingAgents: Int
    /// Windows received that are not stored yet.
    package var waitingWindows: Int
    /// Since when the run stands still because somebody wants it to; nil while it goes on. Fleet time.
    package var pausedSince: FleetTime?

    /// Whether the run stands still because somebody wants it to.
    package var isPaused: Bool { pausedSince != nil }
}
