import ApeMetrics

/// What of a hold was still warm-up, because the fixed one was too short.
package struct WarmupCut: Sendable, Equatable {
    /// The rule's name.
    package static let rule = "MSER-5"
    /// Holds with fewer batches of five seconds are judged as they are.
    static let leastBatches = 10
    /// The batches that the interval of the kept part is made of. They do not grow as a verdict's do: an interval that a
    /// drift had widened would hide the drift.
    static let intervalBatches = 10
    /// The interval's error, of both tails together.
    static let intervalError = 0.01
    /// A cut that moves the mean by less than this share of it is not made.
    static let leastShift = 0.01

    /// Seconds at the hold's beginning that are left out of means; 0 where nothing is.
    package var seconds: Int
    /// The series that decided: `gap` or `ttft`.
    package var series: SeriesName
    /// Whether the series settled within the first half of the hold. Where it did not, nothing is left out: the second
    /// half would be no more settled than the first (the half-length rule of Hoad, Robinson and Davies).
    package var isSettled = true
}

extension WarmupCut {
    /// What of a hold's series was warm-up; nil for nothing.
    ///
    /// MSER-5 finds a best truncation point even in noise, and a late one where little is kept. Therefore only the
    /// first half is searched, and a point counts only where it matters: the whole hold's mean lies outside the 99 %
    /// interval of the kept part, and is off by more than 1 %. The series had not settled where the best point is the
    /// last one of the first half, or where a point of the second half is better and matters as much.
    init?(_ totals: [SumAndCount], series: SeriesName) {
        let batches = (0..<totals.count / MSER5.batchSeconds).map { number in
            let first = number * MSER5.batchSeconds
            return totals[first..<first + MSER5.batchSeconds].reduce(into: Batch()) { $0.add(Batch($1)) }
        }
        guard batches.count >= Self.leastBatches else { return nil }
        let half = batches.count / 2
        let early = MSER5.truncation(batches, atMost: half)
        let best = MSER5.truncation(batches)
        if best > half, Self.differs(totals, from: early, kept: best) {
            self.init(seconds: 0, series: series, isSettled: false)
        } else if Self.differs(totals, from: 0, kept: early) {
            // The best point is the last one that was searched, so the true one lies beyond it.
            let isSettled = early < half
            self.init(seconds: isSettled ? early * MSER5.batchSeconds : 0, series: series, isSettled: isSettled)
        } else {
            return nil
        }
    }

    /// What of a hold was warm-up by its gaps and its first tokens. The longer warm-up of the two counts; nothing is
    /// left out where one of them did not settle. nil where both were settled from the start.
    init?(ofHold totals: ArraySlice<SecondTotals>) {
        let cuts = JudgedSeries.allCases.compactMap { series in
            WarmupCut(totals.map { $0[keyPath: series.totals] }, series: series.name)
        }
        guard let cut = cuts.first(where: { !$0.isSettled }) ?? cuts.max(by: { $0.seconds < $1.seconds }) else {
            return nil
        }
        self = cut
    }

    /// Whether the mean from one batch on differs from the mean from a later one on.
    private static func differs(_ totals: [SumAndCount], from first: Int, kept later: Int) -> Bool {
        guard later > first else { return false }
        let all = totals[(first * MSER5.batchSeconds)...].map(Batch.init)
        let kept = totals[(later * MSER5.batchSeconds)...].map(Batch.init)
        let batches = kept.merged(into: min(kept.count, intervalBatches))
        guard let mean = BatchMeans.mean([all]), let settled = BatchMeans.estimate(ofFixed: [batches]) else {
            return false
        }
        let interval = settled.interval(error: intervalError)
        return (mean < interval.low || mean > interval.high) && abs(mean - settled.mean) > leastShift * settled.mean
    }

    /// What was left out, for a verdict's details.
    ///
    /// - Parameter stage: the stage's name.
    /// - Returns: a sentence.
    package func sentence(stage: String) -> String {
        isSettled
            ? "The first \(seconds) s of the hold of stage \(stage) are left out as warm-up (\(Self.rule) on \(series.rawValue))."
            : "Stage \(stage) had not settled in the first half of its hold (\(Self.rule) on \(series.rawValue))."
    }
}
