import ApeCore
import ApeMetrics

/// What a report states before anything else: by these its figures can be compared with those of another run, or not.
package struct RunSeal: Sendable, Equatable {
    package var origin: RunOrigin
    /// The run's seed: everything random in its agents derives from it.
    package var seed: UInt64
    /// The error of the books of agents' time, in percent; nil where no worker gave an account.
    package var residualPercent: Double?
    /// The greatest share of a judged mean that the load generator itself added, 0 to 1; nil without such a mean.
    package var generatorShare: Double?
    /// Over all holds; nil where no worker told what its agents waited for.
    package var inFlight: InFlight?
    /// In the largest stage's hold; nil likewise.
    package var inFlightAtPeak: InFlight?
    /// The name of the largest stage.
    package var peakStage: String?
    /// nil without decisions whose prompts were looked at.
    package var prompts: Prompts?

    /// How many requests were under way at a time. By Little's law it is the time that agents waited for answers of
    /// targets and of the model, over the time in which they did.
    package struct InFlight: Sendable, Equatable {
        /// In the mean.
        package var requests: Double
        /// The agents that the plan asked for, in the mean over the same time.
        package var users: Double
    }

    /// How many of the prompts that were sent had not been sent before.
    package struct Prompts: Sendable, Equatable {
        /// All decisions of the run.
        package var decisions: Int64
        /// The decisions whose prompts were looked at. A worker stops at a bound, and one of an earlier version never begins.
        package var counted: Int64
        /// Of the prompts that were looked at those that their worker had not sent before. Workers do not know each
        /// other's: in the fleet there are at most as many.
        package var distinct: Int64
        /// Whether only one worker counted, so that ``distinct`` is no upper bound but the number.
        package var isExact: Bool

        /// The distinct ones among those that were looked at, 0 to 1.
        package var share: Double { Double(distinct) / Double(counted) }
    }
}

extension RunSeal {
    /// The seal of a run by its account and verdicts.
    package init(_ origin: RunOrigin, seed: UInt64, _ ledger: RunLedger, _ verdict: RunVerdict) {
        self.origin = origin
        self.seed = seed
        residualPercent = verdict.accounting?.residualPercent
        generatorShare = verdict.verdicts.compactMap(\.generatorShare).max()
        let depths = zip(ledger.stages, verdict.stages).map(InFlight.Part.init)
        inFlight = InFlight(depths)
        let largest = ledger.largestStage.flatMap { depths.indices.contains($0) ? $0 : nil }
        inFlightAtPeak = largest.flatMap { InFlight([depths[$0]]) }
        peakStage = largest.map { ledger.stages[$0].stage.name }
        prompts = Prompts(ledger.whole, workers: ledger.workers.count)
    }
}

extension RunSeal.InFlight {
    /// A hold's share in the depth.
    struct Part {
        /// nil where no worker gave an account of it.
        var accounting: Accounting?
        var holdMicros: Int64

        init(_ stage: StageLedger, _ verdict: StageVerdict) {
            accounting = verdict.accounting
            holdMicros = Int64(stage.heldSeconds.count) * 1_000_000
        }
    }

    /// nil where none of the holds has an account. Holds without one are left out.
    init?(_ parts: [Part]) {
        var (waited, expected, held) = (Int64(0), Int64(0), Int64(0))
        for part in parts {
            guard let accounting = part.accounting, part.holdMicros > 0 else { continue }
            for activity in AgentActivity.allCases where activity.isWait {
                waited = waited.addingClamped(accounting[activity])
            }
            expected = expected.addingClamped(accounting.expectedMicros)
            held = held.addingClamped(part.holdMicros)
        }
        guard held > 0 else { return nil }
        self.init(requests: Double(waited) / Double(held), users: Double(expected) / Double(held))
    }
}

extension RunSeal.Prompts {
    /// nil where no prompt was looked at.
    init?(_ run: Measures, workers: Int) {
        let counted = run[CounterName.promptsCounted]
        guard counted > 0 else { return nil }
        self.init(
            decisions: run[CounterName.decisions],
            counted: counted,
            distinct: min(counted, run[CounterName.promptsDistinct]),
            isExact: workers <= 1
        )
    }
}
