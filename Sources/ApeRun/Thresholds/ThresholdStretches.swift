import ApeCore
import ApeMetrics

/// Every stretch of a threshold's window in one hold, from each of its seconds on.
struct ThresholdStretches {
    private(set) var judged = 0
    private(set) var failed = 0
    /// The worst of those that have a sample.
    private(set) var worst: Worst?

    struct Worst {
        /// Seconds from the first judged one.
        var offset: Int
        /// In the limit's unit; of a percentile the share of samples within the limit, in percent.
        var value: Double
        var samples: Int64
        var passes: Bool
    }

    /// - Parameters:
    ///   - threshold: with a window.
    ///   - hasWhole: whether a number is a part of something, without which nothing is known.
    ///   - seconds: the judged seconds of a hold. A hold that is shorter than the window has no stretch.
    init(_ threshold: Threshold, hasWhole: Bool, over seconds: [ThresholdTally.Second]) {
        let length = Int(clamping: (threshold.windowMicros ?? 1_000_000) / 1_000_000)
        guard seconds.count >= length, length > 0 else { return }
        let condition = threshold.condition
        var (sum, count, within) = (0.0, 0.0, 0.0)
        for index in seconds.indices {
            sum += Double(seconds[index].sum)
            count += Double(seconds[index].count)
            within += Double(seconds[index].within)
            let start = index + 1 - length
            guard start >= 0 else { continue }
            let stretch = Sums(sum: sum, count: count, within: within, seconds: seconds[start...index])
            if let found = stretch.found(condition, hasWhole: hasWhole) {
                add(
                    Worst(offset: start, value: found.value, samples: Int64(saturating: count), passes: found.passes),
                    condition
                )
            }
            sum -= Double(seconds[start].sum)
            count -= Double(seconds[start].count)
            within -= Double(seconds[start].within)
        }
    }

    private mutating func add(_ stretch: Worst, _ condition: ThresholdCondition) {
        judged += 1
        if !stretch.passes { failed += 1 }
        if worst.map({ $0.isBetter(than: stretch, condition) }) ?? true { worst = stretch }
    }

    /// The sums of a stretch.
    private struct Sums {
        var sum: Double
        var count: Double
        var within: Double
        var seconds: ArraySlice<ThresholdTally.Second>

        /// The figure, and whether it passes; nil where nothing is known of it.
        func found(_ condition: ThresholdCondition, hasWhole: Bool) -> (value: Double, passes: Bool)? {
            func judged(_ value: Double) -> (value: Double, passes: Bool) { (value, condition.passes(value)) }
            let steps = condition.limit.steps
            switch condition.statistic {
            case .mean: return count > 0 ? judged(sum / count / steps) : nil
            case .min: return count > 0 ? seconds.map(\.least).min().map { judged(Double($0) / steps) } : nil
            case .max: return count > 0 ? seconds.map(\.greatest).max().map { judged(Double($0) / steps) } : nil
            case .percentile(let percent):
                guard count > 0 else { return nil }
                let isWithin = within >= (count * percent / 100).rounded(.up)
                return (100 * within / count, isWithin == condition.comparison.isUpper)
            case .count: return hasWhole && count == 0 && condition.comparison.isUpper ? nil : judged(sum)
            case .rate:
                guard !hasWhole || count > 0 || !condition.comparison.isUpper else { return nil }
                return judged(sum / Double(seconds.count) * (condition.limit.rateSeconds ?? 1))
            case .share: return count > 0 ? judged(100 * min(1, sum / count)) : nil
            }
        }
    }
}

extension ThresholdStretches.Worst {
    /// Whether it is further from failing than another stretch. Of a percentile the share within the limit is compared, which
    /// is better the greater it is.
    func isBetter(than other: Self, _ condition: ThresholdCondition) -> Bool {
        if passes != other.passes { return passes }
        var isGreatWorse = condition.comparison.isUpper
        if case .percentile = condition.statistic { isGreatWorse.toggle() }
        return isGreatWorse ? value < other.value : value > other.value
    }
}
