import ApeCore
import ApeMetrics

/// A stage's hold as it is judged.
///
/// It is made once when a ledger is judged. Verdicts, comparisons and reports take their means from here, so that all
/// of them leave out the same warm-up.
package struct StageVerdict: Sendable, Equatable {
    /// PASS: at least 95 % of the agents were active throughout the hold. FAIL: agents stalled, or had no rows left to begin
    /// a session with. INCONCLUSIVE: the hold
    /// does not tell, agents were missing by the fleet's own doing, or they were too few for the sessions that arrived. NOT_EXERCISED: an open stage that was ended before
    /// its hold began.
    package let status: Verdict.Status
    /// Why the stage was not held, in a sentence; nil for one that was.
    package let reason: String?
    /// Whether the stage counts as held although agents were not seen in seconds of which measurements are missing.
    let isUnseen: Bool
    /// What of the hold was still warm-up; nil where the hold was at rest all the time.
    package let warmupCut: WarmupCut?
    /// The totals of the hold's seconds after the warm-up: what means and their intervals are made of.
    let judgedTotals: ArraySlice<SecondTotals>
    /// The gaps after the warm-up; their mean is the stage's MTBA.
    package let gap: SumAndCount
    /// The first tokens after the warm-up.
    package let ttft: SumAndCount
    /// What of the hold's measurements is missing.
    package let completeness: Completeness
    /// The workers that were the bottleneck themselves.
    package let saturations: [Saturation]
    /// The share of sessions, with the seconds weighing alike.
    package let sessions: SessionShare
    /// Where agents' time went; nil where no worker told.
    package let accounting: Accounting?
    /// What the load generator itself added to the hold's means.
    let delay: GeneratorDelay
    /// What became of the sessions that were to arrive; nil where agents work back to back.
    package let arrivals: ArrivalFigures?
    /// Whether agents were missing because the rows of their goals' data were used up.
    package let isOutOfRows: Bool
    /// Why no verdict can stand on the hold, in a sentence; nil where one can.
    let shortfall: String?

    /// - Parameters:
    ///   - stage: the stage's account.
    ///   - completeness: what is missing of its hold.
    ///   - saturations: the workers that were the bottleneck in it.
    ///   - lag: how late the loops of all workers were in it.
    ///   - rules: what verdicts depend on beside.
    init(
        _ stage: StageLedger,
        completeness: Completeness,
        saturations: [Saturation],
        lag: LoopLag,
        rules: JudgingRules
    ) {
        let hold = stage.holdTotals
        let cut = WarmupCut(ofHold: hold)
        let judged = hold.dropFirst(cut?.seconds ?? 0)
        warmupCut = cut
        judgedTotals = judged
        func total(_ series: JudgedSeries) -> SumAndCount {
            var total = SumAndCount()
            if judged.count == hold.count {
                total.add(stage.hold[series.name])
            } else {
                for second in judged { total.add(second[keyPath: series.totals]) }
            }
            return total
        }
        gap = total(.gap)
        ttft = total(.ttft)
        self.completeness = completeness
        self.saturations = saturations
        sessions = SessionShare(stage)
        let accounting = Accounting(agents: stage.stage.agents, hold: hold)
        self.accounting = accounting
        delay = GeneratorDelay(stage.hold, lag: lag)
        let outOfRows = Self.rowsMissing(in: stage)
        isOutOfRows = outOfRows != nil
        let arrivals = ArrivalFigures(stage)
        self.arrivals = arrivals
        let stalled = Self.stall(in: stage, rules) ?? outOfRows ?? Self.unanswered(in: stage, arrivals)
        // Sessions that nobody was free to begin tell of the plan, unless those who were at work waited in vain.
        let shortfall =
            Self.shortfall(of: stage, completeness, accounting, isStalled: stalled != nil)
            ?? (stalled == nil ? Self.notCarried(in: stage, arrivals) : nil)
        self.shortfall = shortfall
        reason = shortfall ?? stalled
        isUnseen = shortfall == nil && stalled == nil && !stage.isSuccess
        if stage.stage.isOpen, stage.heldSeconds.isEmpty {
            status = .notExercised
        } else if shortfall != nil {
            status = .inconclusive
        } else {
            status = stalled == nil ? .pass : .fail
        }
    }

    /// The gaps or the first tokens that are judged.
    package subscript(_ series: JudgedSeries) -> SumAndCount { series == .gap ? gap : ttft }

    /// The judged seconds as batches.
    ///
    /// - Parameter value: a second's sum in microseconds, and the number of samples in it.
    /// - Returns: batches in seconds.
    package func batches(_ value: (SecondTotals) -> (micros: Double, count: Int64)) -> [Batch] {
        judgedTotals.map { second in
            let (micros, count) = value(second)
            return Batch(sum: micros / 1_000_000, count: Double(count))
        }
    }

    /// The seconds of a judged series as batches, in seconds.
    package func batches(_ series: JudgedSeries) -> [Batch] {
        batches { second in
            let total = second[keyPath: series.totals]
            return (Double(total.sumMicros), total.count)
        }
    }
}
