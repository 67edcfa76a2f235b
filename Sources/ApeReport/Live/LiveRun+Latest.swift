import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// The means of the latest hold and what the latest seconds had.
extension LiveRun {
    mutating func setMeans(_ ledger: RunLedger, _ tables: RunTables, _ verdict: RunVerdict, _ rules: JudgingRules) {
        let begun = tables.stages.prefix((plan.current ?? -1) + 1)
        let agents = plan.current.map { ledger.plan.stages[$0].agents } ?? 0
        func target(_ series: JudgedSeries) -> Double? {
            KPIKey.means(of: series).first { $0.concerns(agents: agents) }.flatMap { verdict[$0]?.target.value }
        }
        let paced = begun.last { $0.mtbaMicros != nil }
        mtba.mean = paced?.mtbaMicros.map { $0 / 1_000_000 }
        mtba.p95 = paced?.gap.p95Micros.map { Double($0) / 1_000_000 }
        mtba.target = target(.gap)
        arrivals = begun.last?.arrivals.map { row in
            ArrivalPart(
                askedPerSecond: row.figures.askedPerSecond,
                reachedPerSecond: row.figures.reachedPerSecond,
                latePercent: row.figures.lateShare.map { 100 * $0 },
                latenessSeconds: row.lateness.p99Micros.map { Double($0) / 1_000_000 }
            )
        }
        guard rules.usesInference else { return }
        let asked = begun.last { $0.ttftMicros != nil }
        ttft = Latency(
            mean: asked?.ttftMicros.map { $0 / 1_000_000 },
            p95: asked?.ttft.p95Micros.map { Double($0) / 1_000_000 },
            target: target(.ttft)
        )
    }

    mutating func setLatest(_ ledger: RunLedger, _ rules: JudgingRules, nowMicros: Int64) {
        guard let current = plan.current else { return }
        // A stage that has just begun has no second yet that all have told of.
        let places = [current, current - 1].filter { $0 >= 0 }
        let found = places.lazy.compactMap { place in
            ledger.stages[place].latestSecond(nowMicros: nowMicros).map { (place, $0) }
        }
        guard let (place, told) = found.first else { return }
        let latest = ledger.stages[place].seconds[told.index]
        agents.stalled = latest.stalled
        actionsPerSecond = latest.actions
        if rules.usesInference { decisionsPerSecond = latest.ttft.count }
        if latest.active + latest.stalled > 0 {
            silentSeconds = Int64(
                ledger.stages[place].seconds[...told.index].reversed().prefix { $0.isSilent }.count
            )
        }
        var gaps = Array(repeating: SumAndCount(), count: Self.recentSeconds)
        var tokens = gaps
        let first = told.second - Int64(Self.recentSeconds) + 1
        for stage in ledger.stages[...current] {
            guard let start = stage.timeline?.seconds.lowerBound else { continue }
            let range = (start..<start + Int64(stage.seconds.count)).clamped(to: first..<told.second + 1)
            for second in range {
                let totals = stage.seconds[Int(second - start)]
                gaps[Int(second - first)].add(totals.gap)
                tokens[Int(second - first)].add(totals.ttft)
            }
        }
        mtba.now = latest.gap.mean
        mtba.recent = Self.recent(gaps)
        ttft?.now = latest.ttft.mean
        ttft?.recent = Self.recent(tokens)
    }

    /// The means from the first second on in which anything was measured.
    private static func recent(_ totals: [SumAndCount]) -> [Double?] {
        totals.drop { $0.count == 0 }.map(\.mean)
    }
}

extension StageLedger {
    /// The newest second that every worker which reports has reported: its place in ``seconds``, and in seconds since 1970
    /// of fleet time.
    fileprivate func latestSecond(nowMicros: Int64) -> (index: Int, second: Int64)? {
        guard let first = timeline?.seconds.lowerBound else { return nil }
        let place = min(Int(clamping: nowMicros / 1_000_000 - first), seconds.count)
        guard place > 0 else { return nil }
        let recent = seconds[max(0, place - 4)..<place]
        let most = recent.map(\.workers).max() ?? 0
        guard most > 0, let index = recent.lastIndex(where: { $0.workers == most }) else { return nil }
        return (index, first + Int64(index))
    }
}

extension SecondTotals {
    /// Whether nothing came back to agents in it.
    fileprivate var isSilent: Bool { actions == 0 && ttft.count == 0 && gap.count == 0 && completedSessions == 0 }
}
