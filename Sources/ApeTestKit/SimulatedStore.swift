import ApeFleet
import ApeMetrics

/// What survives a coordinator's death: the batches that were committed.
struct SimulatedStore: Sendable {
    private(set) var facts: [FleetFact] = []
    private(set) var windows: [WindowKey] = []
    /// The stored numbers of every worker.
    private var seqs: [String: Set<Int64>] = [:]

    /// Whether a window is stored.
    func holds(_ worker: String, _ seq: Int64) -> Bool {
        seqs[worker]?.contains(seq) == true
    }

    /// Stores a batch; tells which windows were stored before.
    mutating func commit(_ batch: CommitBatch) -> [StoredWindow] {
        facts += batch.facts
        var twice: [StoredWindow] = []
        for stored in batch.windows {
            guard seqs[stored.worker, default: []].insert(stored.window.seq).inserted else {
                twice.append(stored)
                continue
            }
            windows.append(
                WindowKey(
                    worker: stored.worker,
                    seq: stored.window.seq,
                    startMicros: stored.window.startMicros,
                    endMicros: stored.window.endMicros,
                    receivedMicros: stored.receivedMicros
                )
            )
        }
        return twice
    }

    var recovered: RecoveredRun { RecoveredRun(facts: facts, windows: windows) }
}
