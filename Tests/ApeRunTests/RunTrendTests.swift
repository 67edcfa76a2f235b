import ApeCore
import ApeMetrics
import ApeTestKit
import Testing

@testable import ApeRun

@Suite("The trend of a scenario's runs")
struct RunTrendTests: JudgesRuns {
    /// A run of gaps of about this length; nil for one without a worker, which measured nothing.
    private func run(gap: Int64?, lag: Int64 = 500, thresholds: [Threshold] = []) -> LedgerFixture {
        guard let gap else { return LedgerFixture(agents: [10], workers: []) }
        var fixture = LedgerFixture(agents: [10], thresholds: thresholds)
        fixture.run(stage: 0) { window, worker, second in
            let noise = Int64((second &* 7919 &+ worker.utf8.count &* 31) % 13) * 1_000
            LedgerFixture.healthy(&window, gap: gap + noise, ttft: 250_000 + noise, samples: 20)
            window.host.loopLagMeanMicros = lag
        }
        return fixture
    }

    private func trend(_ fixtures: [LedgerFixture], origin change: (Int, inout RunOrigin) -> Void = { _, _ in })
        -> RunTrend
    {
        var trend = RunTrend(scenarioName: "shop")
        for (number, fixture) in fixtures.enumerated() {
            var origin = RunOrigin(measuredBy: .current, scenarioHash: "5ce0", fixture.ledger)
            change(number, &origin)
            let verdict = judged(fixture)
            let run = ComparableRun(
                id: "run-\(number)",
                scenarioName: "shop",
                startMicros: LedgerFixture.start + Int64(number) * 3_600_000_000,
                origin: origin,
                fixture.ledger,
                verdict
            )
            trend.add(run, verdict, state: verdict.status.rawValue)
        }
        return trend.settled()
    }

    private func line(_ trend: RunTrend, _ key: KPIKey = .mtbaThreshold) throws -> RunTrend.Line {
        try #require(trend.lines.first { $0.name == key.rawValue })
    }

    @Test func aSlowerRunIsAChangeForTheWorse() throws {
        let trend = trend([500_000, 500_000, 700_000, 700_000, 500_000].map { run(gap: $0) })
        let line = try line(trend)
        #expect(line.points.map { $0?.change } == [nil, nil, .worse, nil, .better])
        #expect(line.points[0]?.base == nil && line.points[2]?.base == line.points[1]?.value)
        #expect(line.points.allSatisfy { $0?.interval != nil })
        #expect(trend.changes.map(\.run.id) == ["run-2", "run-4"])
        #expect(line.demand == "< 1.0 s" && line.amount(0.5) == "0.500 s")
        #expect(trend.lines.allSatisfy { $0.points.count == 5 })
    }

    /// A condition of the user's own is a line like any other, by its text.
    @Test func thresholdsHaveLines() throws {
        let thresholds = [try Threshold("mean(gap) < 600ms")]
        let trend = trend([500_000, 500_000, 700_000].map { run(gap: $0, thresholds: thresholds) })
        let line = try #require(trend.lines.last)
        #expect(line.name == "mean(gap) < 600ms" && line.demand == "< 0.600 s" && line.limit == 0.6)
        #expect(line.points.map { $0?.change } == [nil, nil, .worse])
        #expect(line.points.allSatisfy { $0?.interval != nil })
    }

    /// Less than matters is no change, however sure it is.
    @Test func aChangeThatDoesNotMatterIsNone() throws {
        let trend = trend([run(gap: 500_000), run(gap: 515_000)])
        #expect(try line(trend).points[1]?.change == nil)
        #expect(try line(trend).points[1]?.probability.map { $0 < 0.001 } == true)
    }

    /// A run without values is a gap, and the next one is compared with the one before it.
    @Test func aGapIsSkipped() throws {
        var trend = RunTrend(scenarioName: "shop")
        let whole = self.trend([run(gap: 500_000), run(gap: nil), run(gap: 700_000)])
        #expect(try line(whole).points.map { $0 == nil } == [false, true, false])
        #expect(try line(whole).points[2]?.change == .worse)
        trend.addGap(run: "a", startMicros: 1, "it was cut off", state: "unfinished")
        #expect(trend.settled().lines.isEmpty && trend.runs[0].gap == "it was cut off")
    }

    @Test func unlikeRunsBreakTheLine() throws {
        let fixtures = [500_000, 700_000, 700_000, 500_000, 700_000].map { run(gap: $0) }
        let trend = trend(fixtures) { number, origin in
            if number >= 1 { origin.scenarioHash = "other" }
            if number >= 2 { origin.measuredBy?.definitions = 9 }
            if number >= 3 { (origin.planHash, origin.plan) = ("other", "9 agents, 5s") }
        }
        #expect(
            trend.runs.map(\.breaks) == [
                [], ["another scenario"], ["another measurement version"], ["another plan (9 agents, 5s)"], [],
            ]
        )
        #expect(try line(trend).points.map { $0?.change } == [nil, nil, nil, nil, .worse])
        #expect(try line(trend).points[3]?.base == nil)
    }

    /// What a choking load generator measured is shown, and nothing is held against it.
    @Test func anInconclusiveValueIsNotCompared() throws {
        let trend = trend([run(gap: 500_000), run(gap: 900_000, lag: 900_000), run(gap: 500_000)])
        let points = try line(trend).points
        #expect(points[1]?.isInconclusive == true && points[1]?.base == nil)
        #expect(points[2]?.base == points[0]?.value && points[2]?.change == nil)
    }

    /// Holm 1979: the smallest is held to the level over all, the next to that over all but one, until one is too great.
    @Test(arguments: [
        ([0.01, 0.04, 0.03, 0.005], 0.01), ([0.001, 0.012, 0.02, 0.04], 0.04), ([0.013, 0.012, 0.9], 0.013),
        ([0.02, 0.02, 0.02], -1.0), ([], -1.0), ([0.049], 0.049), ([0.05], -1.0),
    ])
    func holmsMethod(probabilities: [Double], limit: Double) {
        #expect(SignificanceTests.holmLimit(probabilities) == limit)
    }

    /// One of many comparisons that would be significant by itself is chance.
    @Test func manyComparisonsAskForMore() {
        var trend = RunTrend(scenarioName: "shop")
        trend.runs = (0..<20).map { RunTrend.Run(id: "\($0)", startMicros: 0, state: "PASS") }
        let points = (0..<20).map { number in
            RunTrend.Point(
                value: 1,
                isInconclusive: false,
                base: 0.5,
                probability: number == 3 ? 0.02 : number == 7 ? 0.0001 : 0.5,
                outcome: number == 3 || number == 7 ? .worse : .same
            )
        }
        trend.lines = [
            RunTrend.Line(name: "x", title: "X", symbol: " s", places: 3, limit: 1, demand: "< 1 s", points: points)
        ]
        #expect(trend.settled().changes.map(\.run.id) == ["7"])
        trend.lines[0].points = [nil, nil, nil, points[3]] + Array(repeating: nil, count: 16)
        #expect(trend.settled().changes.map(\.run.id) == ["3"])
    }
}
