import ApeCore
import ApeMetrics

/// One of the conditions of a try: a critical target, a threshold, or that the stage was held.
package struct CapacityCondition: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case target(KPIKey)
        case threshold
        /// Agents stalled, or had no rows left.
        case held
    }

    package var kind: Kind
    /// The target's key, the threshold as it was written, or `held`.
    package var name: String
    package var status: Verdict.Status
    /// As people read them, with units; nil where nothing was measured.
    package var valueText: String?
    package var limitText: String
    /// In the unit of the limit; nil where nothing was measured.
    package var value: Double?
    package var limit: Double?
    /// How much of what the limit allows is used: over 1 the condition fails. nil where that is no number.
    package var load: Double?
    /// The load at the ends of the value's 95 % interval.
    package var loadInterval: Interval?
    package var isMarginal = false
    /// Whether the value fails by no more than the load generator's own delay, and is inconclusive for that.
    var isAtItsLimit = false
    /// Why it failed or is open, in a sentence.
    package var reason: String?
    /// Whose doing the threshold's figure is; nil where the condition does not say.
    package var party: Party?

    /// What two tries are compared by: both targets of MTBA are of one series.
    package var series: String {
        if case .target(let key) = kind, key.measure == .mean(.gap) { return SeriesName.gap.rawValue }
        return name
    }
}

extension CapacityCondition {
    /// A target of a try that its scenario exercises.
    init(_ verdict: Verdict) {
        let target = verdict.target
        self.init(
            kind: .target(verdict.key),
            name: verdict.key.rawValue,
            status: verdict.status,
            valueText: verdict.measured.map(target.amount),
            limitText: target.sentence,
            value: verdict.measured,
            limit: target.value,
            load: verdict.measured.flatMap(target.load),
            isMarginal: verdict.marginal,
            reason: verdict.reason ?? (verdict.measured == nil ? verdict.details : nil)
        )
        if let interval = verdict.interval, let low = target.load(interval.low), let high = target.load(interval.high) {
            loadInterval = Interval(low: min(low, high), high: max(low, high))
        }
        guard let measured = verdict.measured, let generator = verdict.generator, verdict.status == .inconclusive,
            !target.passes(measured), target.passes(measured - generator),
            verdict.generatorShare ?? 1 <= GeneratorDelay.shareLimit, let least = target.load(measured - generator)
        else { return }
        (isAtItsLimit, isMarginal) = (true, true)
        loadInterval = Interval(
            low: min(least, loadInterval?.low ?? least),
            high: max(loadInterval?.high ?? 0, load ?? 0)
        )
    }

    /// A condition of the user's own.
    init(_ verdict: ThresholdVerdict) {
        let condition = verdict.threshold.condition
        self.init(
            kind: .threshold,
            name: verdict.text,
            status: verdict.status,
            valueText: verdict.measuredText,
            limitText: verdict.limitText,
            value: verdict.measured,
            limit: condition.limit.value,
            load: verdict.measured.flatMap(condition.load),
            isMarginal: verdict.isMarginal,
            reason: verdict.reason ?? (verdict.measured == nil ? verdict.details : nil),
            party: verdict.party
        )
        if let interval = verdict.interval, let low = condition.load(interval.low),
            let high = condition.load(interval.high)
        {
            loadInterval = Interval(low: min(low, high), high: max(low, high))
        }
    }

    /// That a stage was held.
    init(_ stage: StageVerdict) {
        self.init(kind: .held, name: "held", status: stage.status, limitText: "95 % of the agents at work")
        reason = stage.reason
    }
}

extension KPITarget {
    /// How much of what a target allows is used: of a share that must be reached it is what misses it.
    fileprivate func load(_ value: Double) -> Double? {
        let (used, allowed) =
            switch (direction, unit) {
            case (.below, _): (value, self.value)
            case (.atLeast, .percent): (100 - value, 100 - self.value)
            case (.atLeast, _): (self.value, value)
            }
        return allowed > 0 && used.isFinite ? max(0, used) / allowed : nil
    }
}

extension ThresholdCondition {
    /// How much of what a limit allows is used.
    fileprivate func load(_ value: Double) -> Double? {
        let (used, allowed) = comparison.isUpper ? (value, limit.value) : (limit.value, value)
        return allowed > 0 && used.isFinite ? max(0, used) / allowed : nil
    }
}
