import ApeCore
import ApeMetrics

/// The figure that a threshold is held against, over some stages' judged seconds.
struct ThresholdValue {
    /// In the limit's unit; nil without samples.
    var value: Double?
    var interval: Interval?
    var samples: Int64

    /// The judged seconds of one stage.
    struct Hold {
        var tally: ThresholdTally
        var seconds: [ThresholdTally.Second]
        var stage: Int
    }

    init(_ condition: ThresholdCondition, _ quantity: ThresholdQuantity, over holds: [Hold]) {
        let all = holds.flatMap(\.seconds)
        let sum = all.reduce(Int64(0)) { $0.addingClamped($1.sum) }
        let count = all.reduce(Int64(0)) { $0.addingClamped($1.count) }
        samples = count
        let steps = condition.limit.steps
        switch condition.statistic {
        case .mean:
            value = count > 0 ? Double(sum) / Double(count) / steps : nil
            interval = Self.batches(holds, sum: { $0.sum }, count: { $0.count }, scale: 1 / steps)
        case .min:
            value = count > 0 ? all.map(\.least).min().map { Double($0) / steps } : nil
        case .max:
            value = count > 0 ? all.map(\.greatest).max().map { Double($0) / steps } : nil
        case .percentile(let percent):
            let pooled = holds.reduce(into: Histogram()) { $0.merge($1.tally.pooled) }
            value = pooled.percentile(percent).map { Double($0) / steps }
            interval = Self.percentile(percent, of: pooled, holds, steps: steps)
        case .count:
            value = Double(sum)
            samples = Self.samples(sum, count, quantity)
        case .rate:
            let scale = condition.limit.rateSeconds ?? 1
            value = all.isEmpty ? nil : Double(sum) / Double(all.count) * scale
            interval = Self.batches(holds, sum: { $0.sum }, count: { _ in 1 }, scale: scale)
            samples = Self.samples(sum, count, quantity)
        case .share:
            value = count > 0 ? 100 * min(1, Double(sum) / Double(count)) : nil
            interval = Self.share(holds) { $0.sum }?.scaled(by: 100)
        }
    }

    /// What a number rests on: what it is a part of, or itself.
    private static func samples(_ sum: Int64, _ count: Int64, _ quantity: ThresholdQuantity) -> Int64 {
        if case .number(_, whole: .some) = quantity { count } else { sum }
    }

    /// Batch means over seconds; stages are strata.
    private static func batches(
        _ holds: [Hold],
        sum: (ThresholdTally.Second) -> Int64,
        count: (ThresholdTally.Second) -> Int64,
        scale: Double
    ) -> Interval? {
        let strata = holds.map { hold in
            hold.seconds.map { second in
                var batch = Batch()
                batch.add(Double(sum(second)) * scale, count: Double(count(second)))
                return batch
            }
        }
        return BatchMeans.interval(strata)
    }

    /// The interval of a share: Wilson's, or that of batch means where it is wider, since what fails comes in bursts.
    private static func share(_ holds: [Hold], part: (ThresholdTally.Second) -> Int64) -> Interval? {
        let all = holds.flatMap(\.seconds)
        let trials = all.reduce(Int64(0)) { $0.addingClamped($1.count) }
        let number = min(trials, all.reduce(Int64(0)) { $0.addingClamped(part($1)) })
        guard let wilson = WilsonScore.interval(successes: number, trials: trials) else { return nil }
        guard let batches = batches(holds, sum: part, count: { $0.count }, scale: 1) else { return wilson }
        return Interval(low: min(wilson.low, batches.low), high: min(1, max(wilson.high, batches.high)))
    }

    /// The interval of a percentile: the percentiles at the ends of the interval of its place.
    ///
    /// The place's error is that of the share of samples within the limit, by batch means over seconds: samples of a second
    /// resemble each other. Where no sample, or every one, is within the limit, it is Wilson's.
    private static func percentile(_ percent: Double, of pooled: Histogram, _ holds: [Hold], steps: Double) -> Interval?
    {
        let all = holds.flatMap(\.seconds)
        let trials = all.reduce(Int64(0)) { $0.addingClamped($1.count) }
        let within = min(trials, all.reduce(Int64(0)) { $0.addingClamped($1.within) })
        guard trials > 1, let place = WilsonScore.interval(share: percent / 100, trials: trials) else { return nil }
        var (below, above) = (percent / 100 - place.low, place.high - percent / 100)
        if within > 0, within < trials, let measured = share(holds, part: { $0.within }) {
            let share = Double(within) / Double(trials)
            // The share's own error scales with its distance from the ends, as a binomial's does.
            let scale = (percent / 100 * (1 - percent / 100) / (share * (1 - share))).squareRoot()
            below = max(below, (share - measured.low) * min(1, scale))
            above = max(above, (measured.high - share) * min(1, scale))
        }
        let ends = [max(0, percent - 100 * below), min(100, percent + 100 * above)].map { pooled.percentile($0) }
        guard let low = ends[0], let high = ends[1] else { return nil }
        return Interval(low: Double(low) / steps, high: Double(high) / steps)
    }
}
