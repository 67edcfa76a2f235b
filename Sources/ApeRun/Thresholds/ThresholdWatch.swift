import ApeCore
import ApeFleet
import ApeMetrics

/// Looks while a run goes on whether a condition that ends it has failed.
package enum ThresholdWatch {
    /// Seconds after which a second counts as complete although not every worker has told of it, where more could only make
    /// it worse.
    private static let patienceSeconds: Int64 = 2

    /// The first condition that has failed and is to end the run; nil where none has.
    ///
    /// - Parameters:
    ///   - ledger: what is stored so far.
    ///   - now: fleet time.
    /// - Returns: the condition.
    package static func failure(in ledger: RunLedger, at now: FleetTime) -> Threshold? {
        // Failing is what a search looks for: its try is judged when it is over.
        guard ledger.plan.search == nil else { return nil }
        let told = toldSeconds(ledger)
        for (index, threshold) in ledger.thresholds.enumerated() where threshold.aborts {
            // A part of a second can only count too little, so a lower limit waits for everybody.
            let patient = now.micros / 1_000_000 - patienceSeconds
            let end = threshold.condition.comparison.isUpper ? max(told, patient) : told
            if hasFailed(threshold, ledger.thresholdHolds(index, before: end)) { return threshold }
        }
        return nil
    }

    private static func hasFailed(_ threshold: Threshold, _ holds: [ThresholdValue.Hold]) -> Bool {
        let condition = threshold.condition
        guard let quantity = holds.first?.tally.quantity else { return false }
        if threshold.windowMicros != nil {
            return holds.contains {
                ThresholdStretches(threshold, hasWhole: quantity.hasWhole, over: $0.seconds).failed > 0
            }
        }
        let begun = holds.filter { !$0.seconds.isEmpty }
        // A total can still come to what a lower limit asks.
        if condition.statistic == .count || condition.statistic == .max, !condition.comparison.isUpper { return false }
        if condition.statistic == .min, condition.comparison.isUpper { return false }
        guard !begun.isEmpty, let value = ThresholdValue(condition, quantity, over: begun).value else { return false }
        return !condition.passes(value)
    }

    /// The first second of fleet time of which not every worker at work has told.
    private static func toldSeconds(_ ledger: RunLedger) -> Int64 {
        let present = ledger.books.tallies.filter { $0.standing == .connected || $0.standing == .away }
        let ends = present.compactMap { ledger.workers[$0.worker]?.latest?.endMicros }
        return (ends.min() ?? 0) / 1_000_000
    }
}
