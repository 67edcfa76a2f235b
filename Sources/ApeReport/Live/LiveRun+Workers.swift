import ApeCore
import ApeMetrics
import ApeRun

/// Workers, the ones that need a look first.
extension LiveRun {
    /// A host that uses more than this of its CPU needs a look.
    package static let busyCPUPercent = 90.0

    mutating func setWorkers(_ ledger: RunLedger) {
        let tallies = ledger.books.tallies
        fleet.lost = tallies.count { $0.standing == .lost }
        let all = tallies.map { tally in
            let moment = tally.standing == .connected ? ledger.workers[tally.worker]?.latest : nil
            return Worker(
                name: tally.name.cut(to: Self.nameBytes),
                link: tally.standing,
                assigned: moment?.assigned,
                active: moment?.active,
                cpuPercent: moment?.host.cpuPercent,
                lagSeconds: moment.map { Double($0.host.loopLagP99Micros) / 1_000_000 }
            )
        }
        let sorted = all.sorted { ($0.severity, $1.name) > ($1.severity, $0.name) }
        workers = Array(sorted.prefix(Self.maximumWorkers))
        furtherWorkers = all.count - workers.count
    }
}

extension LiveRun.Worker {
    /// How much it needs a look. It changes seldom, so that lines of workers stay where they are.
    fileprivate var severity: Int {
        switch link {
        case .lost: 4
        case .away: 3
        case .connected: isLagging ? 2 : isBusy ? 1 : 0
        case .left, .replaced: -1
        }
    }

    /// Whether its event loops are late.
    package var isLagging: Bool { (lagSeconds ?? 0) * 1_000_000 > Double(WorkerStage.lagLimitMicros) }

    /// Whether its host has little CPU left.
    package var isBusy: Bool { (cpuPercent ?? 0) >= LiveRun.busyCPUPercent }
}
