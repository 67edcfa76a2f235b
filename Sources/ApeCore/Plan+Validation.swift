extension Plan {
    /// The greatest number of agents that a plan can ask for.
    package static let maximumAgents = 1_000_000
    /// How long a stage of the validation plan is held unless told otherwise.
    static let defaultStageDurationMicros: Int64 = 60_000_000

    /// The plan of `validate`: a baseline of 10 agents, scaling over 50, 100, 200, 500, 1000 and then doubling up to
    /// the greatest number, and a sustained load of half a thousand.
    ///
    /// - Parameters:
    ///   - maxAgents: no stage asks for more, and the last scaling stage asks for just this; clamped to
    ///     1...``maximumAgents``.
    ///   - testDurationMicros: the sustained stage's hold.
    ///   - stageDurationMicros: every other stage's hold.
    ///   - quick: at most 100 agents, holds of 10 s, 20 s sustained, short ramps: under 90 s with the fleet's start.
    /// - Returns: the plan, its times rounded up to whole seconds.
    package static func validation(
        maxAgents: Int,
        testDurationMicros: Int64,
        stageDurationMicros: Int64 = defaultStageDurationMicros,
        quick: Bool
    ) -> Plan {
        let peak = min(max(maxAgents, 1), quick ? 100 : maximumAgents)
        let hold = quick ? 10_000_000 : stageDurationMicros
        var stages = [Stage.validation("baseline", agents: min(10, peak), holdMicros: hold, quick: quick)]
        for agents in scalingSteps(upTo: peak) {
            stages.append(.validation("scaling_\(agents)", agents: agents, holdMicros: hold, quick: quick))
        }
        let sustained = quick ? 20_000_000 : testDurationMicros
        stages.append(.validation("sustained", agents: min(500, peak), holdMicros: sustained, quick: quick))
        return Plan(stages: stages)
    }

    /// The plan of `validate` where sessions arrive: a baseline at a tenth of the rate, half of it, all of it, and all of
    /// it sustained.
    ///
    /// - Parameters:
    ///   - perSecond: sessions a second, held within ``Arrivals/rates``.
    ///   - maxAgents: the most sessions at once; clamped to 1...``maximumAgents``.
    ///   - testDurationMicros: the sustained stage's hold.
    ///   - stageDurationMicros: every other stage's hold.
    ///   - quick: at most 100 agents, holds of 10 s, 20 s sustained, short ramps.
    /// - Returns: the plan, its times rounded up to whole seconds.
    package static func arrivals(
        perSecond: Double,
        maxAgents: Int,
        testDurationMicros: Int64,
        stageDurationMicros: Int64 = defaultStageDurationMicros,
        quick: Bool
    ) -> Plan {
        let agents = min(max(maxAgents, 1), quick ? 100 : maximumAgents)
        let hold = quick ? 10_000_000 : stageDurationMicros
        let sustained = quick ? 20_000_000 : testDurationMicros
        let steps = [
            ("baseline", 0.1, hold), ("half_rate", 0.5, hold), ("full_rate", 1, hold), ("sustained", 1, sustained),
        ]
        return Plan(
            stages: steps.map { name, share, hold in
                var stage = Stage.validation(name, agents: agents, holdMicros: hold, quick: quick)
                stage.arrivals = Arrivals(perSecond: (perSecond * share).clamped(to: Arrivals.rates))
                return stage
            }
        )
    }

    /// 50, 100, 200, 500, 1000, 2000, 4000... below `peak`, and `peak` itself.
    private static func scalingSteps(upTo peak: Int) -> [Int] {
        var steps = [50, 100, 200, 500, 1000].filter { $0 < peak }
        var next = 2000
        while next < peak {
            steps.append(next)
            next *= 2
        }
        return steps + [peak]
    }
}

extension Stage {
    /// The longest that an open stage is held: a day.
    static let longestOpenHoldMicros: Int64 = 24 * 3600 * 1_000_000

    /// A stage that is held until somebody ends it, the `number`th of its run: a second of ramp for each hundred
    /// agents, from 2 to 30, and 2 s of warm-up.
    package static func open(agents: Int, number: Int) -> Stage {
        Stage(
            name: "standing-\(number)",
            agents: agents,
            rampMicros: Int64(min(max((agents + 99) / 100, 2), 30)) * 1_000_000,
            warmupMicros: 2_000_000,
            holdMicros: longestOpenHoldMicros,
            isOpen: true
        )
    }

    /// A stage of the validation plan: a second of ramp for each hundred agents, from 5 to 30, and 5 s of warm-up.
    fileprivate static func validation(_ name: String, agents: Int, holdMicros: Int64, quick: Bool) -> Stage {
        let second: Int64 = 1_000_000
        let rampSeconds = quick ? 3 : min(max((agents + 99) / 100, 5), 30)
        return Stage(
            name: name,
            agents: agents,
            rampMicros: Int64(rampSeconds) * second,
            warmupMicros: (quick ? 2 : 5) * second,
            holdMicros: max((holdMicros + second - 1) / second, 1) * second
        )
    }
}
