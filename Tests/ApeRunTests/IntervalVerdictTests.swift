import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// What verdicts and gauges say of their intervals.
@Suite struct IntervalVerdictTests: JudgesRuns {
    /// A stage whose gaps last so long from second to second.
    private func run(seconds: Int, gap: (Int) -> Int64) -> LedgerFixture {
        var fixture = LedgerFixture(agents: [10], holdSeconds: seconds)
        fixture.run(stage: 0) { window, _, second in LedgerFixture.healthy(&window, gap: gap(max(0, second))) }
        return fixture
    }

    @Test func independentSecondsStaySeparate() throws {
        let verdict = try verdict(run(seconds: 60) { 500_000 + Int64($0 * 7 % 10) * 20_000 }, .mtbaThreshold)
        #expect(verdict.intervalBatches == 60 && !verdict.isIntervalTooShort)
        #expect(verdict.details == "Mean of 480 gaps in stage s0.")
    }

    @Test func secondsThatResembleTheirNeighboursAreMerged() throws {
        // Three seconds at 0.5 s, three at 0.9 s, in an order without a pattern.
        let order = "01101000110101101001"
        let levels = order.flatMap { [Int64](repeating: $0 == "0" ? 500_000 : 900_000, count: 3) }
        let verdict = try verdict(run(seconds: 60) { levels[$0] }, .mtbaThreshold)
        #expect(verdict.intervalBatches == 20 && !verdict.isIntervalTooShort)
    }

    @Test func aHoldThatIsTooShortSaysSoInTheVerdict() throws {
        let climbing = try verdict(run(seconds: 20) { 300_000 + Int64($0) * 20_000 }, .mtbaThreshold)
        #expect(climbing.intervalBatches == 10 && climbing.isIntervalTooShort)
        #expect(
            climbing.details == "Mean of 160 gaps in stage s0. "
                + "Too short for a sure interval: neighbouring stretches of 2 s still resemble each other."
        )
        let brief = try verdict(run(seconds: 5) { 300_000 + Int64($0 % 2) * 20_000 }, .mtbaThreshold)
        #expect(brief.intervalBatches == 5 && brief.isIntervalTooShort)
        #expect(brief.details.hasSuffix("Too short for a sure interval: it rests on 5 stretches of time."))
    }

    @Test func anIntervalTooNarrowToMatterIsNotCalledTooShort() throws {
        let verdict = try verdict(run(seconds: 20) { 300_000 + Int64($0) * 100 }, .mtbaThreshold)
        #expect(!verdict.isIntervalTooShort && verdict.details == "Mean of 160 gaps in stage s0.")
    }

    @Test func exactCountsAndSharesRestOnNoBatches() throws {
        let fixture = run(seconds: 20) { _ in 500_000 }
        #expect(try verdict(fixture, .successfulStatefulSessions).intervalBatches == nil)
        #expect(try verdict(fixture, .maxConcurrentAgents).intervalBatches == nil)
    }

    @Test func eachStageGrowsItsOwnBatches() throws {
        let rough = (0..<60).map { Batch(sum: 50 + Double($0 * 7 % 10), count: 100) }
        let climbing = (0..<60).map { Batch(sum: 50 + Double($0), count: 100) }
        let estimate = try #require(BatchMeans.estimate([rough, climbing]))
        #expect(estimate.parts.map(\.batches) == [60, 10])
        #expect(estimate.parts.map(\.isCorrelated) == [false, true])
        #expect(estimate.parts.map(\.batchSeconds) == [1, 6])
        #expect(estimate.batches == 70)
    }

    @Test func aGaugeStaysSmallHoweverLongTheHold() throws {
        for (seconds, batches) in [(32, 32), (33, 17), (1_000, 32), (86_400, 22)] as [(Int64, Int)] {
            var gauge = HostGauge(over: 1_000..<1_000 + seconds)
            for second in 0..<seconds { gauge.add(Double(second * 7 % 10), second: 1_000 + second) }
            #expect(gauge.batchCount == batches && gauge.count == Double(seconds))
            #expect(gauge.peak == 9)
            #expect(try abs(#require(gauge.mean) - 4.5) < 0.2)
        }
    }

    @Test func aGaugeTakesSecondsInAnyOrder() {
        var (one, other) = (HostGauge(over: 0..<600), HostGauge(over: 0..<600))
        for second in 0..<600 as Range<Int64> {
            one.add(Double(second % 8), second: second)
            other.add(Double((599 - second) % 8), second: 599 - second)
        }
        #expect(one == other)
        one.add(.nan, second: 3)
        one.add(50, second: 600)
        #expect(one == other)
    }
}
