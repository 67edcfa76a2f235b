import ApeCore
import ApeMetrics
import ApeWire

/// What a worker knows of the run that it is in.
struct WorkerRun: Sendable {
    enum Preparation: Sendable, Equatable {
        /// The shell gets ready. May become ``done`` or ``refused(_:)``.
        case underWay
        /// Agents can start at once.
        case done
        /// The run cannot be had here; the coordinator is told so whenever it asks.
        case refused(Refused)
    }

    /// The end, from `stop` or `leave` on.
    struct Ending: Sendable {
        /// When what is in flight is cancelled, and when that is no longer waited for.
        var drainLimit: LocalTime
        var isCancelled = false
        /// All agents have stopped and the last window was asked for.
        var hasDrained = false
        /// `stopped` may be said; the acks of the last windows are waited for until here.
        var ackLimit: LocalTime?
    }

    let run: String
    var preparation = Preparation.underWay
    /// Assignments that wait for their start, which rises; usually none or one.
    private(set) var waiting: [Assign] = []
    /// The latest revision that was received, and that is not void; 0 before the first.
    private(set) var latestRevision = 0
    /// What the shell was told last.
    private(set) var applied: Assign?
    /// Whether ``applied`` may no longer be obeyed.
    private var isVoid = false
    var settledRevision: Int?
    /// Up to when arrivals of agents that are gone were this worker's.
    private(set) var taken: [TakenArrivals] = []
    /// Agents that go, by the revision that says so, while it is not known up to when their arrivals were this worker's.
    private var going: [(revision: Int, agents: AgentRanges)] = []
    var window: OpenWindow?
    /// The stage and the phase that waits belong to now; nil before the first window.
    var phase: (stage: Int, phase: Window.Phase)?
    /// When the hold that runs ends, or the last one did.
    var holdEnd: FleetTime?
    /// How long what it began is waited for after that.
    var drain = Assign.defaultDrain
    /// The hold that ended last, while answers that it began are waited for.
    var owed: OwedHold?
    /// The latest stage whose hold has all its answers.
    var answeredStage: Int?
    /// Windows that were asked for and have not come.
    var cuts = 0
    var outbox: Outbox
    var ending: Ending?
    /// Failed sessions that may still be told in full.
    var exemplars: ExemplarBudget
    /// Successful sessions that may still be told.
    var successes = SuccessBudget()

    /// A hold that is over and has not all its answers.
    struct OwedHold: Sendable {
        var stage: Int
        /// Until when they are waited for; fleet time.
        var until: FleetTime
    }

    /// The second that is being measured, with what was in force when it began.
    struct OpenWindow: Sendable {
        var start: FleetTime
        var assign: Assign
        /// The most agents that were to run at any moment of it, or had been and had not stopped.
        var assigned: Int
        /// Whether the fleet stood still in it.
        var isPaused: Bool
        /// How much of it is not measured: before the first assignment, and after the last agent's end, nobody ran.
        var missed: Micros

        init(start: FleetTime, assign: Assign, missed: Micros = .zero) {
            self.start = start
            self.assign = assign
            self.missed = missed
            assigned = assign.agents.count
            isPaused = assign.isPause
        }

        var end: FleetTime { start + .second }
    }

    init(run: String, outbox: Outbox, exemplarsPerReason: Int) {
        self.run = run
        self.outbox = outbox
        exemplars = ExemplarBudget(perReason: exemplarsPerReason)
    }

    /// Takes an assignment in. What was to start no earlier is replaced by it; what starts earlier still comes first.
    mutating func receive(_ assign: Assign) {
        waiting.removeAll { $0.timeline.start >= assign.timeline.start }
        waiting.append(assign)
        latestRevision = assign.revision
    }

    /// Takes the assignment that is in force from now on; nil when it is the one that was applied last.
    mutating func takeDue(at now: FleetTime) -> Assign? {
        guard let due = waiting.last(where: { $0.timeline.start <= now }) else { return nil }
        waiting.removeAll { $0.timeline.start <= now }
        noteGoing(due)
        applied = due
        isVoid = false
        settledRevision = nil
        return due
    }

    /// What was cancelled is to come back.
    mutating func applyAgain() {
        if let applied, !isVoid { waiting.insert(applied, at: 0) }
    }

    /// Every assignment is void, received or applied.
    mutating func forgetAssignments() {
        waiting = []
        isVoid = true
        latestRevision = 0
        settledRevision = nil
    }

    /// `stopped`, once it may be said.
    var stopped: Stopped? {
        ending?.ackLimit.map { _ in lastWord }
    }

    /// Takes note of the agents that an assignment, or the end, takes away from those of the one before.
    private mutating func noteGoing(_ next: Assign) {
        guard let applied, next.arrivals != nil else { return (taken, going) = ([], []) }
        guard applied.timeline == next.timeline else {
            // What arrives of them in the new stage was never this worker's.
            let gone = applied.agents.subtracting(next.agents)
            taken = gone.isEmpty ? [] : [TakenArrivals(agents: gone, until: next.timeline.start)]
            return going = []
        }
        taken = taken.compactMap { entry in
            let gone = entry.agents.subtracting(next.agents)
            return gone.isEmpty ? nil : TakenArrivals(agents: gone, until: entry.until)
        }
        going.append((next.revision, applied.agents.subtracting(next.agents)))
    }

    /// Takes note that all agents go.
    mutating func noteAllGoing() {
        if let applied, applied.arrivals != nil { going.append((applied.revision, applied.agents)) }
    }

    /// Up to this moment arrivals of the agents that a revision took away were this worker's.
    mutating func arrivalsTaken(revision: Int, until: FleetTime) {
        while let first = going.first, first.revision <= revision {
            going.removeFirst()
            if !first.agents.isEmpty { taken.append(TakenArrivals(agents: first.agents, until: until)) }
        }
    }

    /// `stopped`, as things stand.
    var lastWord: Stopped { Stopped(run: run, lastSeq: outbox.lastSeq, taken: taken) }

    /// `assigned` for the revision that is in force.
    func assigned(_ revision: Int) -> Assigned { Assigned(run: run, revision: revision, taken: taken) }

    /// What the open window is to be cut as.
    func stamp(of window: OpenWindow) -> WindowStamp {
        WindowStamp(
            run: run,
            stage: window.assign.timeline.stage,
            revision: window.assign.revision,
            phase: ending == nil && !window.isPaused
                ? window.assign.timeline.phase(from: window.start, to: window.end) : .drain,
            start: window.start,
            end: window.end,
            assigned: window.assigned,
            missed: window.missed
        )
    }
}

extension StageTimeline {
    /// The phase of a window: `hold` only for one that lies wholly in the hold.
    func phase(from start: FleetTime, to end: FleetTime) -> Window.Phase {
        if start < holdStart { return .ramp }
        return end <= self.end ? .hold : .drain
    }
}
