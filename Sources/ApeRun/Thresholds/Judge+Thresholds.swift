import ApeCore
import ApeMetrics

extension Judge {
    /// Judges a condition of the user's own.
    ///
    /// - Parameters:
    ///   - index: its place among the ledger's thresholds.
    ///   - goesOn: whether the run goes on: what was measured so far is held against the limit, and nothing is missing yet.
    /// - Returns: the verdict.
    func verdict(onThreshold index: Int, goesOn: Bool = false) -> ThresholdVerdict {
        let threshold = ledger.thresholds[index]
        let holds = ledger.thresholdHolds(index)
        guard let quantity = holds.first?.tally.quantity else {
            let details = holds.isEmpty ? "The plan has no stage of that name." : "This version of APE cannot read it."
            return ThresholdVerdict(threshold, .inconclusive, details: details)
        }
        var verdict =
            threshold.windowMicros == nil
            ? whole(threshold, quantity, holds) : stretches(threshold, quantity, holds)
        if goesOn { return verdict }
        if ledger.abortedBy == threshold.text {
            verdict.endedRun = true
            verdict.become(.fail, because: "It ended the run.")
        } else if let reason = silence(verdict, quantity, holds.map(\.stage)) {
            verdict.become(.inconclusive, because: reason)
        } else if let reason = shortfall(in: holds.map(\.stage)) ?? doubt(verdict, quantity, holds.map(\.stage)) {
            verdict.become(.inconclusive, because: reason)
        } else if verdict.isMarginal, verdict.reason == nil {
            verdict.become(
                rules.strict ? .fail : verdict.status,
                because: "The 95 % interval straddles the limit" + (rules.strict ? ", which --strict fails." : ".")
            )
        }
        return verdict
    }

    /// That a worker at its CPU limit may be why. It lengthens every wait; of what is counted it can only spoil.
    private func doubt(_ verdict: ThresholdVerdict, _ quantity: ThresholdQuantity, _ stages: [Int]) -> String? {
        switch quantity {
        case .number: saturation(in: stages, verdict.status, [.fail])
        case .durations, .mean: saturation(in: stages, verdict.status, [.pass, .fail])
        // A server tells its figures itself.
        case .server: nil
        }
    }

    /// That a server has shown too little to be judged by. What it has shown can only get worse for an extreme.
    private func silence(_ verdict: ThresholdVerdict, _ quantity: ThresholdQuantity, _ stages: [Int]) -> String? {
        guard case .server(let source) = quantity else { return nil }
        let condition = verdict.threshold.condition
        let isExtreme = condition.statistic == (condition.comparison.isUpper ? .max : .min)
        guard verdict.status != .fail || !isExtreme && verdict.stretches == nil else { return nil }
        let words = stages.compactMap { ledger.servers.silence(of: source.server, in: $0, ledger.stages[$0]) }
        return words.isEmpty ? nil : words.joined(separator: "; ") + "."
    }

    private func whole(
        _ threshold: Threshold,
        _ quantity: ThresholdQuantity,
        _ holds: [ThresholdValue.Hold]
    ) -> ThresholdVerdict {
        let condition = threshold.condition
        let all = ThresholdValue(condition, quantity, over: holds)
        guard let value = all.value, all.samples > 0 || !(condition.comparison.isUpper && condition.passes(value))
        else {
            return ThresholdVerdict(threshold, .inconclusive, details: "There are no samples of it.")
        }
        var verdict = ThresholdVerdict(
            threshold,
            condition.passes(value) ? .pass : .fail,
            details:
                "\(condition.amount(value)) in \(names(of: holds.map(\.stage)))\(Self.words(all.samples, quantity))."
        )
        verdict.measured = value
        verdict.interval = all.interval
        verdict.samples = all.samples
        verdict.isMarginal = all.interval.map { condition.passes($0.low) != condition.passes($0.high) } ?? false
        guard verdict.status == .pass, holds.count > 1, condition.statistic.isJudgedByStage else { return verdict }
        for hold in holds {
            let own = ThresholdValue(condition, quantity, over: [hold])
            guard let value = own.value, let interval = own.interval, !condition.passes(value),
                !condition.passes(interval.low), !condition.passes(interval.high)
            else { continue }
            let name = ledger.stages[hold.stage].stage.name
            verdict.become(.fail, because: "Stage \(name) by itself fails it: \(condition.amount(value)).")
            break
        }
        return verdict
    }

    private func stretches(
        _ threshold: Threshold,
        _ quantity: ThresholdQuantity,
        _ holds: [ThresholdValue.Hold]
    ) -> ThresholdVerdict {
        let (condition, length) = (threshold.condition, threshold.windowMicros ?? 0)
        var found = ThresholdVerdict.Stretches()
        var worst: (stretch: ThresholdStretches.Worst, hold: ThresholdValue.Hold)?
        for hold in holds {
            let stretches = ThresholdStretches(threshold, hasWhole: quantity.hasWhole, over: hold.seconds)
            found.judged += stretches.judged
            found.failed += stretches.failed
            guard let stretch = stretches.worst else { continue }
            if worst.map({ $0.stretch.isBetter(than: stretch, condition) }) ?? true { worst = (stretch, hold) }
        }
        guard let worst else {
            return ThresholdVerdict(threshold, .inconclusive, details: "No stretch of a hold has samples of it.")
        }
        let start = Int(clamping: threshold.afterMicros / 1_000_000) + worst.stretch.offset
        let timeline = ledger.stages[worst.hold.stage].timeline
        found.worstStage = worst.hold.stage
        found.worstStartMicros = (timeline?.holdSeconds.lowerBound ?? 0).addingClamped(Int64(start)) * 1_000_000
        let value = worst.hold.value(of: worst.stretch, from: start, length: length, condition)
        let stage = ledger.stages[worst.hold.stage].stage.name
        var details =
            "\(found.failed) of \(found.judged) stretches of \(DurationText.text(micros: length)) failed; the worst began "
            + "\(start) s into the hold of \(stage)"
        if let value { details += ": \(condition.amount(value))" }
        if case .percentile = condition.statistic {
            details += ", \(Decimals.text(worst.stretch.value, places: 1)) % within the limit"
        }
        var verdict = ThresholdVerdict(threshold, found.failed > 0 ? .fail : .pass, details: details + ".")
        verdict.stretches = found
        verdict.measured = value
        verdict.samples = worst.stretch.samples
        return verdict
    }

    private static func words(_ samples: Int64, _ quantity: ThresholdQuantity) -> String {
        if case .number(_, whole: nil) = quantity { "" } else { ", of \(samples) samples" }
    }
}

extension ThresholdQuantity {
    /// Whether it is a number that is a part of something.
    var hasWhole: Bool { if case .number(_, whole: .some) = self { true } else { false } }
}

extension ThresholdCondition.Statistic {
    /// Whether a stage by itself can fail it. Counts and extremes of all holds are held against their limit together.
    fileprivate var isJudgedByStage: Bool {
        switch self {
        case .mean, .percentile, .rate, .share: true
        case .min, .max, .count: false
        }
    }
}

extension ThresholdValue.Hold {
    /// A stretch's figure in the limit's unit; nil for the percentile of one whose distributions were not kept.
    fileprivate func value(
        of stretch: ThresholdStretches.Worst,
        from start: Int,
        length: Int64,
        _ condition: ThresholdCondition
    ) -> Double? {
        guard case .percentile(let percent) = condition.statistic else { return stretch.value }
        let end = start + Int(clamping: length / 1_000_000)
        let known = tally.distributions
        // Seconds behind the last that was measured have nothing in them.
        guard end <= known.count || tally.seconds.count <= known.count else { return nil }
        let all = known[min(start, known.count)..<min(end, known.count)].reduce(into: Histogram()) { $0.merge($1) }
        return all.percentile(percent).map { Double($0) / condition.limit.steps }
    }
}
