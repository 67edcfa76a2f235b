import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeWire

/// What survives a coordinator's death: the batches that were committed.
struct SimulatedStore: Sendable {
    private(set) var facts: [FleetFact] = []
    private(set) var windows: [StoredWindow] = []
    /// The stored numbers of every worker.
    private var seqs: [String: Set<Int64>] = [:]

    /// The latest split that is stored; 0 before the first.
    private(set) var revision = 0

    /// The numbers of windows that are stored as given up or refused.
    private var lost: [String: [ClosedRange<Int64>]] = [:]

    /// Whether it is stored that a worker could not keep a window, or sent one that cannot be read.
    func namesLost(_ worker: String, _ seq: Int64) -> Bool {
        lost[worker, default: []].contains { $0.contains(seq) }
    }

    /// The windows that a fact names as lost: the worker could not keep them, or they cannot be read.
    static func lostWindows(_ fact: FleetFact) -> (worker: String, windows: ClosedRange<Int64>)? {
        switch fact.kind {
        case .windowsDropped(let worker, let first, let last), .windowsRefused(let worker, let first, let last, _):
            (worker, first...last)
        default: nil
        }
    }

    /// The rows of data that are stored as given to somebody.
    private var leased = AgentRanges()

    /// Whether it is stored that rows were given to somebody.
    func hasLeased(_ rows: Range<Int>) -> Bool { AgentRanges(rows).subtracting(leased).isEmpty }

    /// Whether a window is stored.
    func holds(_ worker: String, _ seq: Int64) -> Bool {
        seqs[worker]?.contains(seq) == true
    }

    /// Stores a batch; tells which windows were stored before.
    mutating func commit(_ batch: CommitBatch) -> [StoredWindow] {
        facts += batch.facts
        for fact in batch.facts {
            if let (worker, windows) = Self.lostWindows(fact) { lost[worker, default: []].append(windows) }
            switch fact.kind {
            case .rowsLeased(let lease): leased = leased.union(AgentRanges(lease.rows))
            case .granted(let grant): revision = max(revision, grant.revision)
            default: break
            }
        }
        var twice: [StoredWindow] = []
        for stored in batch.windows {
            guard seqs[stored.worker, default: []].insert(stored.window.seq).inserted else {
                twice.append(stored)
                continue
            }
            windows.append(stored)
        }
        return twice
    }

    /// What a coordinator takes the run up with.
    var recovered: RecoveredRun {
        RecoveredRun(
            facts: facts,
            lastSeqs: seqs.compactMapValues { $0.max() },
            lastReceived: windows.map(\.received).max() ?? FleetTime(micros: 0),
            lastWindows: windows.reduce(into: [:]) { last, stored in
                let end = FleetTime(micros: stored.window.endMicros)
                guard !stored.window.isLate, end >= last[stored.worker]?.end ?? end else { return }
                last[stored.worker] = LastWindow(end: end, revision: stored.window.revision)
            }
        )
    }

    /// The account that a report is made of, from what is stored alone.
    func ledger(of plan: Plan) -> RunLedger {
        var ledger = RunLedger(plan: plan)
        for fact in facts { ledger.add(fact) }
        for window in windows { ledger.add(window) }
        return ledger
    }
}
