import ApeCore
import ApeMetrics
import Testing

@Suite("Arrivals of a stage")
struct ArrivalScheduleTests {
    private static let start = FleetTime(micros: 1_700_000_000_000_000)

    private static func schedule(
        _ arrivals: Arrivals,
        before: Double = 0,
        agents: Int = 1,
        seed: UInt64 = 7,
        seconds: (ramp: Int64, warmup: Int64, hold: Int64) = (0, 0, 60)
    ) -> ArrivalSchedule {
        ArrivalSchedule(
            seed: seed,
            StageArrivals(arrivals, beforePerSecond: before, agents: agents),
            StageTimeline(
                stage: 0,
                start: start,
                ramp: .seconds(seconds.ramp),
                warmup: .seconds(seconds.warmup),
                hold: .seconds(seconds.hold)
            )
        )
    }

    /// All arrivals of a fleet before a moment, in microseconds from the stage's start.
    private static func all(_ schedule: ArrivalSchedule, untilSecond end: Int64) -> [Int64] {
        (0..<schedule.arrivals.agents).flatMap { agent -> [Int64] in
            var arrivals = schedule.arrivals(ofAgent: agent)
            var found: [Int64] = []
            while let next = arrivals.next, next < end * 1_000_000 {
                found.append(next)
                arrivals.advance(schedule)
            }
            return found
        }.sorted()
    }

    private static func counts(_ arrivals: [Int64], seconds: Int) -> [Int] {
        arrivals.reduce(into: [Int](repeating: 0, count: seconds)) { $0[Int($1 / 1_000_000)] += 1 }
    }

    @Test("The curve is the rate's integral over ramp, warm-up, hold and what follows")
    func curve() {
        let schedule = Self.schedule(
            Arrivals(fromPerSecond: 10, perSecond: 30),
            before: 4,
            seconds: (ramp: 10, warmup: 5, hold: 20)
        )
        let expected = [0: 0.0, 10: 70, 15: 120, 25: 270, 35: 520, 45: 820]
        for (second, number) in expected {
            #expect(abs(schedule.curve.expected(atMicros: Int64(second) * 1_000_000) - number) < 1e-9)
            #expect(schedule.curve.micros(ofExpected: number + 1e-7).map { $0 / 1_000_000 } == Int64(second))
        }
        #expect(schedule.expectedInHold == 400)
    }

    @Test("A rate that falls to nothing has a last arrival")
    func endingRate() {
        let schedule = Self.schedule(Arrivals(fromPerSecond: 10, perSecond: 0), seconds: (0, 0, 20))
        #expect(schedule.curve.micros(ofExpected: 99.9) != nil)
        #expect(schedule.curve.micros(ofExpected: 100.1) == nil)
        #expect((60..<140).contains(Self.all(schedule, untilSecond: 1_000).count))
    }

    @Test("Even arrivals are as far apart as the rate says, and are dealt out in turn")
    func even() {
        let schedule = Self.schedule(Arrivals(perSecond: 4, pattern: .even), agents: 3)
        #expect(Self.all(schedule, untilSecond: 2) == [125, 375, 625, 875, 1125, 1375, 1625, 1875].map { $0 * 1_000 })
        var second = schedule.arrivals(ofAgent: 1)
        #expect(second.next == 375_000)
        second.advance(schedule)
        #expect(second.next == 1_125_000)
    }

    @Test("Numbers of their own are together a Poisson process of the whole rate", arguments: [1, 7, 400])
    func poisson(agents: Int) {
        let schedule = Self.schedule(Arrivals(perSecond: 40), agents: agents, seed: 11, seconds: (0, 0, 2_000))
        let arrivals = Self.all(schedule, untilSecond: 2_000)
        let counts = Self.counts(arrivals, seconds: 2_000).map(Double.init)
        let mean = counts.reduce(0, +) / 2_000
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1_999
        // Of 80,000 arrivals the mean is off by 0.14, the index of dispersion of 2,000 counts by 0.032, in one of three.
        #expect(abs(mean - 40) < 0.5)
        #expect(abs(variance / mean - 1) < 0.1, "index of dispersion \(variance / mean)")
        let gaps = zip(arrivals.dropFirst(), arrivals).map { Double($0 - $1) }
        let meanGap = gaps.reduce(0, +) / Double(gaps.count)
        let shorter = Double(gaps.count { $0 < meanGap }) / Double(gaps.count)
        #expect(abs(shorter - 0.632) < 0.01, "an exponential gap is below its mean in 63 of 100")
    }

    @Test("A ramp's arrivals are Poisson about the rate that there is", arguments: [3 as UInt64, 4, 5])
    func ramp(seed: UInt64) {
        let schedule = Self.schedule(
            Arrivals(fromPerSecond: 0, perSecond: 200),
            agents: 50,
            seed: seed,
            seconds: (0, 0, 100)
        )
        let counts = Self.counts(Self.all(schedule, untilSecond: 100), seconds: 100)
        // Each second's count in units of what it is expected to be off by.
        let squares = counts.enumerated().dropFirst(5).map { second, count in
            let expected = 2 * (Double(second) + 0.5)
            return (Double(count) - expected) * (Double(count) - expected) / expected
        }
        #expect(abs(squares.reduce(0, +) / Double(squares.count) - 1) < 0.4)
        #expect(abs(Double(counts.reduce(0, +)) - 10_000) < 400)
    }

    @Test("Seed, stage and number say when; nothing else does")
    func pure() {
        let one = Self.schedule(Arrivals(perSecond: 5), agents: 10, seed: 1)
        let other = Self.schedule(Arrivals(perSecond: 5), agents: 10, seed: 2)
        #expect(one.arrivals(ofAgent: 3) == one.arrivals(ofAgent: 3))
        #expect(one.arrivals(ofAgent: 3).next != one.arrivals(ofAgent: 4).next)
        #expect(one.arrivals(ofAgent: 3).next != other.arrivals(ofAgent: 3).next)
        var skipped = one.arrivals(ofAgent: 3)
        let passed = skipped.advance(to: 30_000_000, one)
        #expect(skipped.next.map { $0 >= 30_000_000 } == true)
        #expect(
            passed
                == Int64(
                    Self.all(one, untilSecond: 30).count { micros in
                        var walker = one.arrivals(ofAgent: 3)
                        while let next = walker.next, next < micros { walker.advance(one) }
                        return walker.next == micros
                    }
                )
        )
    }

    @Test("No two arrivals of a number share a microsecond, whatever the rate")
    func strictlyRising() {
        let schedule = Self.schedule(Arrivals(perSecond: 1_000_000), seconds: (0, 0, 1))
        var arrivals = schedule.arrivals(ofAgent: 0)
        var last: Int64 = -1
        for _ in 0..<10_000 {
            guard let next = arrivals.next else { return }
            #expect(next > last)
            last = next
            arrivals.advance(schedule)
        }
    }
}
