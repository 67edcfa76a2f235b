import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// Warm-up that outlasted the fixed one.
@Suite struct WarmupCutTests: JudgesRuns {
    /// A hold's seconds around a mean, with noise that is correlated from second to second.
    private func noise(_ seed: UInt64, seconds: Int, correlation: Double, mean: (Int) -> Double) -> [SumAndCount] {
        var random = SeededRandom(seed: seed)
        var state = 0.0
        return (0..<seconds).map { second in
            // Twelve uniform numbers make a nearly normal one of variance 1.
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
            state = correlation * state + 0.1 * (1 - correlation * correlation).squareRoot() * normal
            let sum = 100 * mean(second) * (1 + state) * 1_000_000
            return SumAndCount(sumMicros: Int64(sum), count: 100)
        }
    }

    @Test(arguments: [(0.0, 60), (0.0, 300), (0.5, 60), (0.5, 300)])
    func noiseIsHardlyEverCut(correlation: Double, seconds: Int) {
        let cut = (1...200 as ClosedRange<UInt64>).count { seed in
            WarmupCut(noise(seed, seconds: seconds, correlation: correlation) { _ in 0.5 }, series: .gap) != nil
        }
        #expect(cut <= 8, "of 200")
    }

    @Test func realWarmupIsCut() {
        let cuts = (1...50 as ClosedRange<UInt64>).map { seed in
            WarmupCut(noise(seed, seconds: 60, correlation: 0.3) { $0 < 10 ? 1.5 : 0.5 }, series: .gap)
        }
        let right = cuts.compactMap { $0 }.filter { $0.isSettled && (10...25).contains($0.seconds) }
        #expect(right.count >= 45, "of 50")
        #expect(cuts.allSatisfy { ($0?.seconds ?? 0) <= 30 }, "never more than half")
    }

    @Test func shortConstantAndEmptyHoldsAreNotCut() {
        let step = { (second: Int) in SumAndCount(sumMicros: second < 10 ? 900 : 100, count: 1) }
        #expect(WarmupCut((0..<49).map(step), series: .gap) == nil)
        #expect(WarmupCut((0..<50).map(step), series: .gap)?.seconds == 10)
        #expect(
            WarmupCut([SumAndCount](repeating: SumAndCount(sumMicros: 7, count: 3), count: 600), series: .gap) == nil
        )
        #expect(WarmupCut([SumAndCount](repeating: SumAndCount(), count: 60), series: .gap) == nil)
        #expect(WarmupCut([], series: .gap) == nil)
        let greatest = SumAndCount(sumMicros: .max, count: .max)
        #expect(WarmupCut([SumAndCount](repeating: greatest, count: 60), series: .gap) == nil)
    }

    /// A minute's hold whose gaps and first tokens are long at first, for so many seconds each.
    private func run(slowGaps: Int, slowTokens: Int) -> LedgerFixture {
        var fixture = LedgerFixture(agents: [10], holdSeconds: 60)
        fixture.run(stage: 0) { window, _, second in
            LedgerFixture.healthy(
                &window,
                gap: second < slowGaps ? 4_000_000 : 500_000 + Int64(second % 5) * 2_000,
                ttft: second < slowTokens ? 9_000_000 : 300_000 + Int64(second % 5) * 2_000
            )
        }
        return fixture
    }

    @Test func verdictsStandOnWhatIsKeptAndSaySo() throws {
        let fixture = run(slowGaps: 10, slowTokens: 15)
        let stage = fixture.ledger.stages[0]
        let verdict = judged(fixture)
        let held = try #require(verdict.stages.first)
        #expect(held.warmupCut == WarmupCut(seconds: 15, series: .ttft))
        #expect(held.judgedTotals.count == 45 && stage.holdTotals.count == 60)
        for key in [KPIKey.mtbaThreshold, .cognitiveLatencyTTFT] {
            let one = try #require(verdict[key])
            #expect(one.status == .pass && one.samples == 45 * 8)
            let sentence = "The first 15 s of the hold of stage s0 are left out as warm-up (MSER-5 on ttft)."
            #expect(one.details.contains(sentence))
        }
        let gap = try #require(verdict[.mtbaThreshold])
        #expect(gap.measured == held.gap.mean)
        // The interval is of the same seconds.
        #expect(gap.measured ?? 9 < 0.52 && gap.interval?.high ?? 9 < 0.53)
        #expect(stage.hold[.gap].count == 60 * 8, "percentiles are of the whole hold")
        #expect(verdict[.successfulStatefulSessions]?.samples == 120)
        #expect(verdict[.maxConcurrentAgents]?.status == .notExercised)
    }

    @Test func aHoldThatNeverSettlesIsJudgedWholeAndNamed() throws {
        var fixture = LedgerFixture(agents: [10], holdSeconds: 100)
        fixture.run(stage: 0) { window, _, second in
            LedgerFixture.healthy(&window, gap: 100_000 + Int64(max(0, second)) * 5_000)
        }
        #expect(judged(fixture).stages[0].warmupCut == WarmupCut(seconds: 0, series: .gap, isSettled: false))
        let verdict = try verdict(fixture, .mtbaThreshold)
        #expect(verdict.samples == 800)
        #expect(verdict.details.contains("Stage s0 had not settled in the first half of its hold (MSER-5 on gap)."))
    }

    @Test func aHoldAtRestIsJudgedAsItIs() throws {
        let fixture = run(slowGaps: 0, slowTokens: 0)
        #expect(judged(fixture).stages[0].warmupCut == nil)
        let verdict = try verdict(fixture, .mtbaThreshold)
        #expect(verdict.samples == 480 && !verdict.details.contains("MSER"))
    }
}
