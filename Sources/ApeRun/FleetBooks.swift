import ApeCore
import ApeFleet
import ApeMetrics

/// Keeps the books of a run: what every worker owes, what has come in, and what came between. It is fed with what is
/// stored, as it happens or all at once, and says the same either way.
package struct FleetBooks: Sendable, Equatable {
    /// Reassignments that are kept; further ones are counted.
    static let maximumReassignments = 2_000
    /// Reasons for which a worker's windows were refused that are told apart.
    static let maximumReasons = 20
    /// Stalls of the store that are kept, and pauses of the run.
    static let maximumStalls = 1_000

    /// Agents that went from one worker to others, and when they did.
    package struct Reassignment: Sendable, Equatable {
        /// Fleet time.
        package var atMicros: Int64
        package var move: AgentMove
    }

    /// One worker's.
    struct Account: Sendable, Equatable {
        let worker: String
        var name: String
        var presences: [WorkerPresence] = []
        var covered = SecondRanges()
        var lastSeq: Int64 = 0
        var windows: Int64 = 0
        var late: Int64 = 0
        var duplicates: Int64 = 0
        var dropped: Int64 = 0
        /// Windows that came and cannot be read, by the reason.
        var refused: [String: Int64] = [:]
        /// How often it sent more of something than is taken.
        var excesses: [Excess: Int64] = [:]
        var awayMicros: Int64?
        var disconnections: [Range<Int64>] = []
        /// The number of its last window, once it has stopped.
        var stoppedSeq: Int64?
        /// Whether another of its name joined while it was away.
        var hasSuccessor = false
    }

    /// In the order of joining.
    private(set) var accounts: [Account] = []
    private var places: [String: Int] = [:]
    private(set) var timelines: [StageTimeline] = []
    private(set) var endedMicros: Int64?
    /// Fleet time in microseconds: when the run had no coordinator.
    package private(set) var coordinatorOutages: [Range<Int64>] = []
    /// Fleet time in microseconds: when the store took nothing.
    package private(set) var storeStalls: [Range<Int64>] = []
    /// Fleet time in microseconds: when the run stood still because somebody wanted it to.
    package private(set) var pauses: [Range<Int64>] = []
    /// Since when it does; nil while it goes on.
    private var pausedMicros: Int64?
    package private(set) var reassignments: [Reassignment] = []
    package private(set) var reassignmentsDropped: Int64 = 0

    package init() {}

    private mutating func with(_ worker: String, _ body: (inout Account) -> Void) {
        if let place = places[worker] { body(&accounts[place]) }
    }

    /// A worker is known; it owes nothing yet. One of its name that is away has died, and been started again as this one.
    package mutating func join(_ worker: String, name: String) {
        guard places[worker] == nil else { return }
        for place in accounts.indices where accounts[place].awayMicros != nil && accounts[place].name == name {
            accounts[place].hasSuccessor = true
        }
        places[worker] = accounts.count
        accounts.append(Account(worker: worker, name: name))
    }

    /// A stage is scheduled.
    package mutating func schedule(_ timeline: StageTimeline) {
        if timelines.last != timeline { timelines.append(timeline) }
    }

    /// A worker is given agents: from then on, or from the stage's start, it owes a window for every second.
    package mutating func grant(_ worker: String, atMicros: Int64) {
        let start = max(atMicros, timelines.last?.start.micros ?? atMicros)
        with(worker) {
            guard $0.presences.last?.toMicros != nil || $0.presences.isEmpty else { return }
            $0.presences.append(WorkerPresence(fromMicros: start))
        }
    }

    /// A worker was given up.
    package mutating func lose(_ worker: String, atMicros: Int64) {
        with(worker) { $0.leave(.lost, atMicros: atMicros) }
    }

    /// A worker has stopped; its last window has this number.
    package mutating func stop(_ worker: String, lastSeq: Int64, atMicros: Int64) {
        with(worker) {
            $0.leave(.left, atMicros: atMicros)
            $0.stoppedSeq = lastSeq
            $0.awayMicros = nil
        }
    }

    /// A worker's connection ended.
    package mutating func disconnect(_ worker: String, atMicros: Int64) {
        with(worker) { $0.awayMicros = $0.awayMicros ?? atMicros }
    }

    /// A worker is connected again.
    package mutating func reconnect(_ worker: String, atMicros: Int64) {
        with(worker) {
            if let from = $0.awayMicros, atMicros > from { $0.disconnections.append(from..<atMicros) }
            $0.awayMicros = nil
            $0.hasSuccessor = false
        }
    }

    /// A coordinator took up the run, or ran again; it is known to have lived until `outageMicros` ago.
    package mutating func resume(outageMicros: Int64, atMicros: Int64) {
        guard outageMicros > 0, outageMicros <= atMicros else { return }
        coordinatorOutages.append(atMicros - outageMicros..<atMicros)
        for place in accounts.indices where accounts[place].stoppedSeq == nil && accounts[place].awayMicros == nil {
            accounts[place].awayMicros = atMicros - outageMicros
        }
    }

    /// The store took nothing for so long.
    package mutating func storeStalled(micros: Int64, atMicros: Int64) {
        guard micros > 0, micros <= atMicros, storeStalls.count < Self.maximumStalls else { return }
        storeStalls.append(atMicros - micros..<atMicros)
    }

    /// The run stands still because somebody wants it to.
    package mutating func pause(atMicros: Int64) { pausedMicros = pausedMicros ?? atMicros }

    /// The run goes on, or is over.
    package mutating func goOn(atMicros: Int64) {
        guard let from = pausedMicros else { return }
        pausedMicros = nil
        if atMicros > from, pauses.count < Self.maximumStalls { pauses.append(from..<atMicros) }
    }

    /// Agents went from one worker to others.
    package mutating func add(_ move: AgentMove, atMicros: Int64) {
        guard reassignments.count < Self.maximumReassignments else { return reassignmentsDropped += 1 }
        reassignments.append(Reassignment(atMicros: atMicros, move: move))
    }

    /// The run is over.
    package mutating func end(atMicros: Int64) {
        goOn(atMicros: atMicros)
        endedMicros = min(endedMicros ?? .max, atMicros)
    }
}

// MARK: Windows

extension FleetBooks {
    /// A window was stored. The caller sees to it that each (worker, seq) comes once.
    package mutating func add(
        worker: String,
        seq: Int64,
        startMicros: Int64,
        endMicros: Int64,
        receivedMicros: Int64,
        isLate: Bool = false
    ) {
        with(worker) {
            $0.windows += 1
            $0.lastSeq = max($0.lastSeq, seq)
            // One that brings a second's late samples covers no second, and comes when these have ended.
            guard !isLate else { return }
            $0.covered.insert(
                contentsOf: WholeSeconds.covered(FleetTime(micros: startMicros), FleetTime(micros: endMicros))
            )
            if receivedMicros.subtractingClamped(WorkerCompleteness.lateMicros) > endMicros { $0.late += 1 }
        }
    }

    /// A worker could not keep this many of its windows.
    package mutating func drop(_ worker: String, windows: Int64) {
        with(worker) { $0.dropped = $0.dropped.addingClamped(max(0, windows)) }
    }

    /// So many windows of a worker came and cannot be read, for this reason.
    package mutating func refuse(_ worker: String, windows: Int64, reason: String) {
        with(worker) { account in
            let isKept = account.refused[reason] != nil || account.refused.count < Self.maximumReasons
            let kept = isKept ? reason : WindowTally.otherLabel
            account.refused[kept] = (account.refused[kept] ?? 0).addingClamped(max(0, windows))
        }
    }

    /// A worker has sent more of something than is taken so often by now.
    package mutating func exceed(_ worker: String, _ what: Excess, count: Int64) {
        with(worker) { $0.excesses[what] = max($0.excesses[what] ?? 0, count) }
    }

    /// So many windows of a worker have come again by now.
    package mutating func countDuplicates(of worker: String, windows: Int64) {
        with(worker) { $0.duplicates = max($0.duplicates, windows) }
    }
}
