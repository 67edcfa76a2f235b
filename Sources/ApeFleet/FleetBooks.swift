/// Keeps the books of a run: what every worker owes, and what has come in. It is fed with the facts and windows of
/// the store, as they happen or all at once.
package struct FleetBooks: Sendable {
    struct Account: Sendable {
        var name: String
        /// When the owing began that has not ended.
        var owesFrom: Int64?
        /// Owing that has ended.
        var owed = SecondRanges()
        var covered = SecondRanges()
        var lastSeq: Int64 = 0
        var windows = 0
        var late = 0
        var duplicates = 0
        var dropped = 0
        var awayFrom: Int64?
        var outages: [Range<Int64>] = []

        mutating func close(at endMicros: Int64) {
            if let from = owesFrom, endMicros > from { owed.insert(from..<endMicros) }
            owesFrom = nil
        }
    }

    private var accounts: [String: Account] = [:]
    /// Workers in the order of joining.
    private var order: [String] = []
    private var stage: StageSchedule?
    /// `stopped` facts, weighed when all windows are known.
    private var stopped: [String: (atMicros: Int64, lastSeq: Int64)] = [:]
    private var endedMicros: Int64?

    package init() {}

    /// The books of a stored run.
    package init(_ run: RecoveredRun) {
        for fact in run.facts { apply(fact) }
        for window in run.windows { apply(window) }
    }

    package mutating func apply(_ fact: FleetFact) {
        switch fact.kind {
        case .joined(let worker, let name, _, _, _):
            guard accounts[worker] == nil else { return }
            accounts[worker] = Account(name: name)
            order.append(worker)
        case .stage(let timeline): stage = timeline
        case .granted(let grant):
            let start = max(stage?.startMicros ?? fact.atMicros, fact.atMicros).secondCeiling
            for worker in grant.agents.keys where accounts[worker]?.owesFrom == nil {
                accounts[worker]?.owesFrom = start
            }
        case .disconnected(let worker, _): accounts[worker]?.awayFrom = fact.atMicros
        case .returned(let worker, _): endOutage(worker, at: fact.atMicros)
        case .lost(let worker, _): accounts[worker]?.close(at: fact.atMicros.secondFloor)
        case .stopped(let worker, let lastSeq): stopped[worker] = (fact.atMicros, lastSeq)
        case .windowsDropped(let worker, let first, let last): accounts[worker]?.dropped += Int(last - first + 1)
        case .duplicates(let worker, let windows): accounts[worker]?.duplicates = windows
        case .resumed(let outage):
            for worker in order where stopped[worker] == nil && accounts[worker]?.awayFrom == nil {
                accounts[worker]?.awayFrom = fact.atMicros - outage
            }
        case .ended: endedMicros = fact.atMicros
        case .turnedAway, .leaving, .refused, .moved, .event, .ending: break
        }
    }

    private mutating func endOutage(_ worker: String, at nowMicros: Int64) {
        guard let from = accounts[worker]?.awayFrom else { return }
        accounts[worker]?.awayFrom = nil
        if nowMicros > from { accounts[worker]?.outages.append(from..<nowMicros) }
    }

    package mutating func apply(_ window: WindowKey) {
        accounts[window.worker]?.covered.insert(window.startMicros..<window.endMicros)
        accounts[window.worker]?.windows += 1
        if window.receivedMicros > window.endMicros + WorkerCompleteness.lateMicros {
            accounts[window.worker]?.late += 1
        }
        if let last = accounts[window.worker]?.lastSeq, window.seq > last {
            accounts[window.worker]?.lastSeq = window.seq
        }
    }

    /// A window came that had come before.
    mutating func countDuplicate(of worker: String) {
        accounts[worker]?.duplicates += 1
    }

    /// The number of a worker's latest stored window; 0 before the first.
    func lastSeq(of worker: String) -> Int64 {
        accounts[worker]?.lastSeq ?? 0
    }

    /// How often windows came again, by worker in the order of joining.
    var duplicates: [(worker: String, windows: Int)] {
        order.compactMap { worker in
            guard let windows = accounts[worker]?.duplicates, windows > 0 else { return nil }
            return (worker, windows)
        }
    }

    /// How much has come in, by worker in the order of joining; a run that has not ended is weighed up to `nowMicros`.
    package func completeness(at nowMicros: Int64) -> [WorkerCompleteness] {
        let end = endedMicros ?? nowMicros
        return order.compactMap { worker in accounts[worker].map { weigh(worker, $0, end: end) } }
    }

    private func weigh(_ worker: String, _ account: Account, end: Int64) -> WorkerCompleteness {
        var account = account
        let stageEnd = endedMicros == nil ? end : min(end, stage?.endMicros ?? end)
        if let stopped = stopped[worker] {
            let covered = account.covered.ranges.last?.upperBound ?? 0
            let hasAll = account.lastSeq >= stopped.lastSeq
            account.close(at: min(stopped.atMicros.secondFloor, hasAll ? max(covered, account.owesFrom ?? 0) : .max))
        }
        account.close(at: stageEnd.secondFloor)
        if let from = account.awayFrom, stopped[worker] == nil, end > from { account.outages.append(from..<end) }
        let missing = account.owed.subtracting(account.covered)
        let expected = SecondRanges(account.owed.ranges + account.covered.ranges).seconds
        return WorkerCompleteness(
            worker: worker,
            name: account.name,
            expectedSeconds: expected,
            receivedSeconds: expected - missing.seconds,
            windows: account.windows,
            lateWindows: account.late,
            duplicateWindows: account.duplicates,
            droppedWindows: account.dropped,
            missing: missing.ranges,
            outages: account.outages
        )
    }
}
