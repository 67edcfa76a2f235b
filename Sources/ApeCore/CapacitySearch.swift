/// A plan that is made on the way: tries of more and fewer users until the most are found with which a run passes.
package struct CapacitySearch: Sendable, Equatable {
    /// What there is more and less of.
    package enum Quantity: String, Sendable, CaseIterable {
        case agents
        /// Sessions that begin in a second, whether or not others have ended.
        case sessions
    }

    package var quantity = Quantity.agents
    /// The first try has so many; where that fails, nothing passes.
    package var from = 10.0
    /// No try has more.
    package var to = 2_000.0
    /// The most agents at once where ``quantity`` is sessions.
    package var agents = 1_000
    package var holdMicros: Int64 = 30_000_000
    /// nil: a second for each hundred agents, from 5 to 30.
    package var rampMicros: Int64?
    /// The least warm-up of a try; one that follows an overload has as long as that took to drain, where that is longer.
    package var warmupMicros: Int64 = 5_000_000
    /// The search is over once the least that failed is greater by no more than this share than the most that passed.
    package var precision = 0.05

    package init() {}

    /// The least that two tries may differ by near a level.
    package func step(at level: Double) -> Double {
        switch quantity {
        case .agents: 1
        case .sessions: Self.power(of: level) / 100
        }
    }

    /// The nearest level that a try can have: whole agents, three digits of sessions a second.
    package func rounded(_ level: Double) -> Double {
        let step = step(at: level)
        // A multiple of 0.01 is no sum of binary fractions: dividing by 100 gives the nearest.
        return step >= 1 ? (level / step).rounded() * step : (level / step).rounded() / (1 / step).rounded()
    }

    /// The stage of a try.
    ///
    /// - Parameters:
    ///   - level: agents, or sessions a second.
    ///   - number: of the try, from 1.
    ///   - settleMicros: how long the system must at least be left alone before the hold.
    /// - Returns: the stage, its warm-up as long as that.
    package func stage(level: Double, number: Int, settleMicros: Int64 = 0) -> Stage {
        let count = quantity == .agents ? Int(min(max(level, 1), Double(Plan.maximumAgents))) : agents
        let second: Int64 = 1_000_000
        let settle = min(max(0, settleMicros), 600 * second)
        return Stage(
            name: "try_\(number)",
            agents: count,
            rampMicros: rampMicros ?? Int64(min(max((count + 99) / 100, 5), 30)) * second,
            warmupMicros: max(warmupMicros, (settle + second - 1) / second * second),
            holdMicros: holdMicros,
            arrivals: quantity == .sessions ? Arrivals(perSecond: level) : nil
        )
    }

    /// The power of ten that a number begins with.
    private static func power(of level: Double) -> Double {
        var power = 1.0
        while power * 10 <= level, power < 1e6 { power *= 10 }
        while power > level, power > 1e-3 { power /= 10 }
        return power
    }
}

extension CapacitySearch {
    /// Such as `160 agents` or `31.4 sessions/s`.
    package func words(_ level: Double) -> String { "\(digits(level)) \(unit)" }

    package var unit: String { quantity == .agents ? "agents" : "sessions/s" }

    /// A level in as few digits as it needs.
    package func digits(_ level: Double) -> String {
        let step = step(at: level)
        let places = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
        let text = Decimals.text(level, places: places)
        guard text.contains(".") else { return text }
        let short = text.reversed().drop { $0 == "0" }.reversed()
        return short.last == "." ? String(short.dropLast()) : String(short)
    }
}

extension Plan {
    /// The plan of a search: its first try, to which the others are added as the search goes on.
    package init(_ search: CapacitySearch) {
        self.init(stages: [search.stage(level: search.from, number: 1)])
        self.search = search
    }
}
