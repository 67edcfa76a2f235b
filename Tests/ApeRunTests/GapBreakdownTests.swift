import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// Where the time of gaps went, by goal and by route.
@Suite struct GapBreakdownTests {
    /// A gap whose parts are all different.
    private func gap(_ scale: Int64) -> GapBreakdown {
        var gap = GapBreakdown()
        gap.gaps = 1
        for (number, part) in GapBreakdown.Part.allCases.enumerated() { gap[part: part] = scale * Int64(number + 1) }
        gap.gapMicros = gap.partsMicros
        return gap
    }

    private func measures(_ tallies: WindowTally...) -> Measures {
        var measures = Measures()
        for tally in tallies {
            var window = LedgerFixture(agents: [10]).window(stage: 0, second: 0)
            window.counters = tally.counters
            window.series = tally.series
            measures.add(window)
        }
        return measures
    }

    @Test func addsUpByGoalAndByRouteOverWindows() {
        var tally = WindowTally()
        tally.record(gap(100), goal: "buy", route: "GET /api/products/{id}")
        tally.record(gap(7), goal: "buy", route: "POST /api/cart")
        let first = tally.cut()
        tally.record(gap(1_000), goal: "look = {and} see", route: "POST /api/cart")
        let all = measures(first, tally.cut(), tally.cut())
        var buy = gap(100)
        buy.add(gap(7))
        #expect(all.goalBreakdowns == ["buy": buy, "look = {and} see": gap(1_000)])
        var cart = gap(7)
        cart.add(gap(1_000))
        #expect(all.routeBreakdowns == ["GET /api/products/{id}": gap(100), "POST /api/cart": cart])
        var whole = buy
        whole.add(gap(1_000))
        #expect(all.gapBreakdown == whole)
        #expect(whole.gaps == 3 && whole.partsMicros == whole.gapMicros && whole.gapMicros == 21 * 1_107)
    }

    @Test func aDecisionThatIsNotSplitIsWaiting() {
        var tally = WindowTally()
        tally.record(.gap, 900)
        tally.record(.decision, 700)
        let whole = measures(tally.cut()).gapBreakdown
        #expect(whole.firstTokenMicros == 700 && whole.generationMicros == 0 && whole.decisionMicros == 700)
    }

    @Test func sumsOfAHostilePeerDoNotTrap() {
        var greatest = GapBreakdown()
        for part in GapBreakdown.Part.allCases { greatest[part: part] = .max }
        greatest.gaps = .max
        greatest.gapMicros = .max
        var sum = greatest
        sum.add(greatest)
        #expect(sum == greatest && sum.partsMicros == .max && sum.decisionMicros == .max)
    }

    @Test func endlessGoalsAndRoutesAreFolded() {
        var tally = WindowTally()
        for number in 0..<200 as Range<Int64> {
            tally.record(gap(1), goal: "g\(number)", route: "GET /\(number)")
            tally.add(.routeRequests, "GET /\(number)")
            tally.add(.routeErrors, "GET /\(number) 500")
        }
        let all = measures(tally.cut())
        #expect(all.goalBreakdowns.count == 51 && all.routeBreakdowns.count == 51)
        #expect(all.goalBreakdowns[WindowTally.otherLabel]?.gaps == 150)
        #expect(all.routeBreakdowns.values.reduce(0) { $0 + $1.gaps } == 200)
        // What fails does not take the place of a route.
        #expect(all.routeRequests.count == 51 && all.routeRequests["GET /49"] == 1)
        #expect(all.counters.count <= Measures.maximumCounters)
        let other = all.routeFailures.first
        #expect(other?.route == WindowTally.otherLabel && other?.count == 150)
    }

    @Test func failuresOfRoutesHaveTheirRateAndTheirOwner() {
        var tally = WindowTally()
        tally.add(.routeRequests, "POST /api/checkout", 50)
        tally.add(.routeErrors, "POST /api/checkout 503", 10)
        tally.add(.routeErrors, "POST /api/checkout timeout", 2)
        tally.add(.routeErrors, "POST /api/checkout session_end simulation", 1)
        tally.add(.routeErrors, "GET /gone not_allowed", 1)
        let failures = measures(tally.cut()).routeFailures
        #expect(failures.map(\.status) == ["503", "timeout", "not_allowed", "session_end"])
        #expect(failures.map(\.party) == [.target, .target, .harness, .simulation])
        #expect(failures[0].route == "POST /api/checkout" && failures[0].rate == 0.2)
        #expect(failures[2].rate == nil, "its requests were not counted")
    }

    @Test func secondsHoldThePartsOfTheirGaps() {
        var fixture = LedgerFixture(agents: [10], workers: ["a"])
        fixture.run(stage: 0, workers: ["a"]) { window, _, second in
            var tally = WindowTally()
            tally.record(gap(Int64(second + 3)), goal: "g", route: "r")
            window.series = tally.cut().series
        }
        let totals = fixture.ledger.stages[0].holdTotals
        #expect(totals.map(\.parts) == (0..<10).map { gap(Int64($0 + 3)) })
        #expect(totals.first?.gap == SumAndCount(sumMicros: 63, count: 1))
    }
}
