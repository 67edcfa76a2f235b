import ApeCore

/// When every session of a stage arrives: the same wherever it is worked out, for it depends on nothing but the run's
/// seed, the stage and the agent's number.
///
/// Each agent's number has arrivals of its own, at an equal share of the rate. Poisson processes that know nothing of
/// each other are together one Poisson process, of the whole rate; so nothing has to be agreed on between workers, and
/// numbers move between them as they like. Arrivals that are evenly spaced are dealt out to the numbers in turn.
package struct ArrivalSchedule: Sendable, Equatable {
    let seed: UInt64
    package let timeline: StageTimeline
    package let arrivals: StageArrivals
    package let curve: ArrivalCurve

    package init(seed: UInt64, _ arrivals: StageArrivals, _ timeline: StageTimeline) {
        self.seed = seed
        self.timeline = timeline
        self.arrivals = arrivals
        curve = ArrivalCurve(arrivals, timeline)
    }

    /// The arrivals of one agent's number, the first one next.
    package func arrivals(ofAgent agent: Int) -> AgentArrivals { AgentArrivals(agent, of: self) }

    /// The arrivals that are expected in a whole hold, of the whole fleet.
    package var expectedInHold: Double {
        let before = (timeline.ramp + timeline.warmup).micros
        return curve.expected(atMicros: before.addingClamped(timeline.hold.micros)) - curve.expected(atMicros: before)
    }
}

/// The arrivals of one agent's number in a stage, one after the other, no two in the same microsecond.
package struct AgentArrivals: Sendable, Equatable {
    /// Told apart from the random numbers of sessions, which have the same seed.
    private static let salt: UInt64 = 0x4152_5249_5641_4C53

    package let agent: Int
    private var random: SeededRandom
    /// Of the fleet's expected arrivals, the number at which the next one lies.
    private var expected: Double
    /// Microseconds from the stage's start; nil where none comes any more.
    package private(set) var next: Int64?

    fileprivate init(_ agent: Int, of schedule: ArrivalSchedule) {
        self.agent = agent
        random = SeededRandom(seed: schedule.seed ^ Self.salt, agent: agent, session: schedule.timeline.stage)
        switch schedule.arrivals.arrivals.pattern {
        case .poisson: expected = Self.gap(&random, schedule)
        // In the middle of the stretch that is one session's.
        case .even: expected = Double(agent) + 0.5
        }
        next = schedule.curve.micros(ofExpected: expected)
    }

    /// Goes on to the arrival after the next one.
    package mutating func advance(_ schedule: ArrivalSchedule) {
        guard let last = next else { return }
        switch schedule.arrivals.arrivals.pattern {
        case .poisson: expected += Self.gap(&random, schedule)
        case .even: expected += Double(schedule.arrivals.agents)
        }
        next = schedule.curve.micros(ofExpected: expected).map { max($0, last.addingClamped(1)) }
    }

    /// Goes on to the first arrival that is no earlier than a moment.
    ///
    /// - Returns: how many lie before it.
    @discardableResult
    package mutating func advance(to micros: Int64, _ schedule: ArrivalSchedule) -> Int64 {
        var passed: Int64 = 0
        while let next, next < micros {
            advance(schedule)
            passed += 1
        }
        return passed
    }

    /// Between two arrivals of one number lie as many of the fleet's as it has numbers, in the mean; how many in one case
    /// is exponentially distributed.
    private static func gap(_ random: inout SeededRandom, _ schedule: ArrivalSchedule) -> Double {
        -NaturalLogarithm.of(1 - random.unit()) * Double(schedule.arrivals.agents)
    }
}
