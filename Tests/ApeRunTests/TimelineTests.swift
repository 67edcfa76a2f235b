import ApeCore
import ApeFleet
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct TimelineTests {
    /// Both stages of a fixture's run, second by second in time order.
    private func windows(_ fixture: LedgerFixture, workers: [String] = ["a", "b"]) -> [(String, Window)] {
        (0..<2).flatMap { stage in
            (-2..<10).flatMap { second in
                workers.map { worker in
                    var window = fixture.window(stage: stage, second: second)
                    LedgerFixture.healthy(&window, gap: 500_000 + Int64(second + 2) * 10_000)
                    return (worker, window)
                }
            }
        }
    }

    private func points(
        _ fixture: LedgerFixture,
        _ windows: [(String, Window)],
        pointSeconds: Int = 1
    ) -> [TimelinePoint] {
        var builder = TimelineBuilder(fixture.ledger, pointSeconds: pointSeconds)
        return windows.flatMap { builder.add(worker: $0.0, window: $0.1) } + builder.finish()
    }

    @Test func everySecondOfAStageIsARow() throws {
        let fixture = LedgerFixture(agents: [10, 20])
        let points = points(fixture, windows(fixture))
        #expect(points.count == 24)
        #expect(points.map(\.seconds.lowerBound) == points.map(\.seconds.lowerBound).sorted())
        #expect(points.map(\.stage) == Array(repeating: 0, count: 12) + Array(repeating: 1, count: 12))
        #expect(points.prefix(3).map(\.phase) == [.ramp, .ramp, .hold])
        let third = points[2]
        #expect(third.targetAgents == 10)
        #expect(third.activeAgents == 10)
        #expect(third.leastActiveAgents == 10)
        #expect(third.workers == 2)
        #expect(third.gap.count == 8)
        #expect(third.gap.sumMicros == 2 * (4 * 520_000 + 6_000))
        #expect(third.counts.actions == 8)
        #expect(third.counts.sessionsSucceeded == 2)
        #expect(third.host.cpuPercent == 20)
        #expect(third.host.loopLagP99Micros == 500)
    }

    @Test func mergedPointsAreThoseOfAllSamples() throws {
        let fixture = LedgerFixture(agents: [10, 20])
        let windows = windows(fixture)
        let merged = points(fixture, windows, pointSeconds: 5)
        // Ramp of 2 s, hold of 10 s, of two stages: no point spans two phases.
        #expect(merged.map(\.length) == [2, 5, 5, 2, 5, 5])
        let samples = windows.map(\.1).filter { merged[1].seconds.contains($0.startMicros / 1_000_000) }
        let all = samples.reduce(into: Histogram()) { $0.merge($1.series[.gap] ?? Histogram()) }
        #expect(merged[1].gap == SeriesSummary(all))
        #expect(merged[1].gap.p95Micros == all.percentile(95))
        #expect(merged[1].activeAgents == 10)
        #expect(merged[1].rate(merged[1].counts.actions) == 8)
    }

    @Test func aSecondThatNobodyReportedHasNoRowAndCountsAsEmpty() throws {
        let fixture = LedgerFixture(agents: [10, 20])
        let lost = fixture.timeline(0).holdStart.micros + 3_000_000
        let windows = windows(fixture).filter { $0.1.startMicros != lost }
        #expect(points(fixture, windows).count == 23)
        let merged = points(fixture, windows, pointSeconds: 5)[1]
        #expect(merged.leastActiveAgents == 0)
        #expect(merged.activeAgents == 8)
    }

    @Test func aLongWindowCountsItsAgentsInEverySecondAndItsSamplesOnce() throws {
        let fixture = LedgerFixture(agents: [10, 20])
        var long = fixture.window(stage: 0, second: 0)
        LedgerFixture.healthy(&long)
        long.endMicros += 2_000_000
        let next = fixture.window(stage: 0, second: 2)
        let points = points(fixture, [("a", long), ("b", fixture.window(stage: 0, second: 1)), ("a", next)])
        #expect(points.map(\.activeAgents) == [5, 10, 5])
        #expect(points.map(\.workers) == [1, 2, 1])
        #expect(points.map(\.gap.count) == [4, 0, 0])
    }

    @Test func windowsFromNowhereAreLeftOut() throws {
        let fixture = LedgerFixture(agents: [10, 20])
        var stray = fixture.window(stage: 0, second: 0)
        stray.stage = 7
        var early = fixture.window(stage: 0, second: 0)
        early.startMicros = 0
        early.endMicros = .max
        var endless = fixture.window(stage: 0, second: 0)
        endless.endMicros = .max
        let points = points(fixture, [("a", early), ("a", stray), ("a", endless)])
        #expect(points.count == 10 + 120)
        #expect(points.allSatisfy { $0.stage == 0 })
    }

    @Test func aPictureHasSoManyPointsAtMost() {
        let day = LedgerFixture(agents: [10], holdSeconds: 86_400)
        let seconds = TimelineBuilder.pointSeconds(forPictureOf: day.ledger)
        #expect((86_402 + seconds - 1) / seconds <= TimelineBuilder.picturePoints)
        #expect(TimelineBuilder.pointSeconds(forPictureOf: LedgerFixture(agents: [10]).ledger) == 1)
    }

    @Test func severalPercentilesAreTheSingleOnes() {
        var histogram = Histogram()
        #expect(histogram.percentiles([50]) == [])
        for value in [5, 5, 900, 12_000, 12_001, 3_000_000] as [Int64] { histogram.record(value) }
        let percents: [Double] = [0, 10, 50, 90, 99.9, 100]
        #expect(histogram.percentiles(percents) == percents.compactMap { histogram.percentile($0) })
    }
}
