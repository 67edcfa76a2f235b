/// Sessions that arrive at a rate of their own, whether or not earlier ones have ended: users do not wait for each other.
package struct Arrivals: Sendable, Equatable {
    /// How arrivals lie in time.
    package enum Pattern: String, Sendable, CaseIterable {
        /// As users come who know nothing of each other: a Poisson process.
        case poisson
        /// As far apart as the rate says.
        case even
    }

    /// The rates that a scenario may ask for, in sessions a second: one an hour to a million a second.
    package static let rates: ClosedRange<Double> = 1.0 / 3600...1_000_000

    /// Sessions a second when the hold begins.
    package var fromPerSecond: Double
    /// Sessions a second when the hold ends, and from then on.
    package var perSecond: Double
    package var pattern: Pattern

    /// Arrivals whose rate changes steadily over the hold.
    package init(fromPerSecond: Double, perSecond: Double, pattern: Pattern = .poisson) {
        self.fromPerSecond = fromPerSecond
        self.perSecond = perSecond
        self.pattern = pattern
    }

    /// Arrivals of one rate.
    package init(perSecond: Double, pattern: Pattern = .poisson) {
        self.init(fromPerSecond: perSecond, perSecond: perSecond, pattern: pattern)
    }

    package var isSteady: Bool { fromPerSecond == perSecond }
    /// Sessions a second when most arrive.
    package var peakPerSecond: Double { max(fromPerSecond, perSecond) }
    /// Sessions a second in the mean of a whole hold.
    package var meanPerSecond: Double { (fromPerSecond + perSecond) / 2 }

    /// The rate as people write it: `30/s`, or `5/s to 50/s`.
    package var text: String {
        isSteady
            ? RateText.text(perSecond: perSecond)
            : "\(RateText.text(perSecond: fromPerSecond)) to \(RateText.text(perSecond: perSecond))"
    }
}

/// The arrivals of one stage of a plan: all that is needed to work out when each session arrives.
package struct StageArrivals: Sendable, Equatable {
    package var arrivals: Arrivals
    /// Sessions a second when the ramp begins: those of the stage before, 0 where that has none.
    package var beforePerSecond: Double
    /// The agents that the stage asks for: each has an equal share of the arrivals.
    package var agents: Int

    package init(_ arrivals: Arrivals, beforePerSecond: Double, agents: Int) {
        self.arrivals = arrivals
        self.beforePerSecond = beforePerSecond
        self.agents = agents
    }

    /// Those of a plan's stage; nil where its agents work back to back.
    package init?(stage: Int, of plan: Plan) {
        guard let arrivals = plan.stages[stage].arrivals else { return nil }
        let before = stage > 0 ? plan.stages[stage - 1].arrivals?.perSecond : nil
        self.init(arrivals, beforePerSecond: before ?? 0, agents: plan.stages[stage].agents)
    }
}
