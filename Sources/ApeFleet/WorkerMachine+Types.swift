import ApeCore
import ApeMetrics
import ApeWire

extension WorkerMachine {
    /// What a worker's shell tells its machine.
    package enum Event: Sendable {
        /// The process has started: the first event, once.
        case started
        /// The connection that ``Action/connect`` asked for stands. `nonce` is 32 new random bytes.
        case connected(ConnectionID, nonce: Nonce)
        /// The connection that ``Action/connect`` asked for could not be made. A refusal is what another attempt by
        /// the same files does not mend: a certificate that one side does not accept.
        case connectFailed(String, isRefusal: Bool = false)
        /// Bytes have come, cut anywhere.
        case received(ConnectionID, [UInt8])
        /// A connection has ended; `reason` is why it broke, where it did. Also welcome for one that the machine
        /// closed.
        case disconnected(ConnectionID, reason: String? = nil, isRefusal: Bool = false)
        /// ``WorkerMachine/nextWake`` has come.
        case timer
        /// ``Action/prepare(_:)`` is done: agents can start at once.
        case prepared(run: String)
        /// ``Action/prepare(_:)`` cannot be done.
        case refused(run: String, code: String, message: String)
        /// Agents are as ``Action/apply(_:)`` of this revision wants them: those it took away have really stopped.
        /// Those it added need not have started yet.
        case settled(revision: Int)
        /// After ``Action/apply(_:)`` and ``Action/stopAgents`` where sessions arrive: up to when arrivals of the agents that
        /// the revision takes away, or all at the end, were begun here or wait here. Comes before ``settled(revision:)`` and
        /// ``drained``.
        case arrivalsTaken(revision: Int, until: FleetTime)
        /// The answer to ``Action/cutWindow(_:)``, in the order of asking.
        case tally(WindowStamp, WindowCut, HostSample)
        /// After ``Action/beginPhase(endsHold:)`` with a hold that ended: no agent owes it an answer any more.
        case answered
        /// Something for people happened, with every step of a session that failed. The machine keeps the budgets; it
        /// may be called as often as it happens.
        case told(WorkerEvent)
        /// Agents need rows of a goal's data. One request for a goal is made at a time; one for further rows that nobody
        /// has had is dropped while another is open.
        case rowsWanted(goal: String, RowWant)
        /// The process is asked to end (SIGTERM).
        case leaveRequested(reason: String)
        /// After ``Action/stopAgents`` or ``Action/cancelAgents``: no agent runs any more.
        case drained
    }

    /// What a worker's shell has to do, in order.
    package enum Action: Sendable, Equatable {
        /// Open a connection to the coordinator now; answer with ``Event/connected(_:nonce:)`` or
        /// ``Event/connectFailed(_:isRefusal:)``.
        case connect
        case send(ConnectionID, [UInt8])
        /// Close the connection, after these last bytes if there are any.
        case close(ConnectionID, after: [UInt8])
        /// Get ready for a run; answer with ``Event/prepared(run:)`` or ``Event/refused(run:code:message:)``. A run
        /// that was being prepared before is void.
        case prepare(Prepare)
        /// These agents are to run before long: what they need can be asked for.
        case foresee(AgentRanges)
        /// Rows of a goal's data, each of which comes once where nobody may have it twice.
        case stock(Rows)
        /// Start and stop agents until they are as wanted; answer with ``Event/settled(revision:)``. A later one
        /// replaces an earlier one. Agents in both keep their sessions.
        case apply(Assignment)
        /// From now on what agents wait for belongs to another phase. Where that ends a hold, answer with
        /// ``Event/answered`` once everything that began in it has ended.
        case beginPhase(endsHold: Bool)
        /// Wait no longer for what holds began: what is still open counts as unanswered. Unless `isOver`, that is so for
        /// stalled agents only. At the run's end the agents that are given up are cancelled.
        case giveUp(isOver: Bool, isEnd: Bool)
        /// Cut the window now and answer with ``Event/tally(_:_:_:)``.
        case cutWindow(WindowStamp)
        /// The lease has run out, or the run is void: cancel every agent and its requests at once. Answer with
        /// ``Event/drained``. Nothing starts again before the next ``apply(_:)``.
        case cancelAgents
        /// The run ends: agents take no new step, requests to the target that are in flight finish. Answer with
        /// ``Event/drained``.
        case stopAgents
        /// The run is over for this worker: let go of what ``prepare(_:)`` made.
        case endRun(String)
        /// End the process; no event is taken any more.
        case exit(Exit)
        case log(LogLine)
    }

    /// Why a worker ends.
    package enum Exit: Sendable, Equatable {
        /// It was asked to leave, and did.
        case left
        /// With `once`: its run has come to its end.
        case finished
        /// With `once`: it could not connect, or was refused, with the reason.
        case failed(String)
    }
}

/// What a worker is to run.
package struct Assignment: Sendable, Equatable {
    package var run: String
    package var revision: Int
    package var timeline: StageTimeline
    package var agents: AgentRanges
    /// All agents of the stage, on every worker.
    package var fleetAgents: Int
    /// When the stage starts by the worker's clock; in the past where agents move to this worker in mid-stage.
    package var start: LocalTime
    /// When sessions begin; nil where each agent begins one as soon as its last has ended.
    package var arrivals: AssignedArrivals?

    init(_ assign: Assign, start: LocalTime) {
        run = assign.run
        revision = assign.revision
        timeline = assign.timeline
        agents = assign.agents
        fleetAgents = assign.fleetAgents
        arrivals = assign.arrivals
        self.start = start
    }
}

/// Which second a window is of, and what was in force in it.
package struct WindowStamp: Sendable, Equatable {
    package var run: String
    package var stage: Int
    package var revision: Int
    package var phase: Window.Phase
    /// A whole second.
    package var start: FleetTime
    /// A whole second.
    package var end: FleetTime
    /// The most agents that the worker was told to run at any moment of it.
    package var assigned: Int
    /// How much of the second was over when the worker began to measure.
    package var missed = Micros.zero
    /// How long after it it was cut, where that is long, as while the process was stopped: nobody measured that time.
    package var skipped = Micros.zero

    /// Where its samples belong.
    package var place: WindowPlace {
        WindowPlace(
            stage: stage,
            revision: revision,
            phase: phase,
            startMicros: start.micros,
            endMicros: end.micros
        )
    }
}
