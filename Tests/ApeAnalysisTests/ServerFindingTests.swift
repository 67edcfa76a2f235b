@testable import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun
import ApeTestKit
import Testing

/// What findings quote of servers' own figures, and what they leave alone.
@Suite struct ServerFindingTests: JudgesRuns {
    /// A run of stages of 30 s whose first tokens take `ttft` seconds, beside a server that shows `queue`; nil for nothing.
    private func evidence(
        party: ScrapeTarget.Side = .inference,
        series: String = "vllm:num_requests_waiting",
        kind: ServerFigure.Kind = .gauge,
        ttft: (_ stage: Int, _ second: Int) -> Double,
        queue: (_ stage: Int, _ second: Int) -> Double?
    ) throws -> (words: [String], description: String) {
        var fixture = LedgerFixture(agents: [10, 20, 40], holdSeconds: 30)
        for stage in 0..<3 {
            fixture.run(stage: stage) { window, _, second in
                let wait = Int64(ttft(stage, second) * 1e6)
                LedgerFixture.healthy(&window, gap: 2 * wait, ttft: wait)
                var tally = WindowTally()
                var gap = GapBreakdown()
                gap.gaps = 4
                gap.firstTokenMicros = Int64(ttft(stage, second) * 4e6)
                gap.targetMicros = Int64(ttft(stage, second) * 4e6)
                gap.gapMicros = gap.partsMicros
                tally.record(gap, goal: "buy", route: "GET /a")
                tally.record(gap, goal: "buy", route: "GET /b")
                let cut = tally.cut()
                window.series.merge(cut.series) { $1 }
                window.counters.merge(cut.counters) { $1 }
            }
            for second in 0..<30 {
                var sample = ServerSample(
                    server: "vllm",
                    at: FleetTime(micros: fixture.timeline(stage).holdStart.micros + Int64(second) * 1_000_000),
                    everyMicros: 1_000_000,
                    party: party
                )
                if let value = queue(stage, second) {
                    sample.figures = [ServerFigure(series, kind, value)]
                } else {
                    sample.failure = "connection refused"
                }
                fixture.ledger.add(sample)
            }
        }
        let found = OptimizationAnalysis(ledger: fixture.ledger, verdict: judged(fixture)).recommendations
        let all = found.filter { $0.id.hasPrefix(party == .inference ? "inference-first-token" : "target-slow") }
        let words = all.first?.evidence.filter { $0.source.hasPrefix("servers") }.map(\.words) ?? []
        return (words, all.first?.description ?? "")
    }

    /// Waits of the three stages, a little noise on them.
    private static func wait(_ stage: Int, _ second: Int) -> Double {
        [0.3, 1.2, 4.1][stage] + 0.01 * Double((second * 7 + stage) % 5)
    }

    @Test func aQueueThatRoseWithTheWaitIsQuoted() throws {
        let found = try evidence(ttft: Self.wait) { stage, second in [2, 11, 40][stage] + Double(second % 3) - 1 }
        let words = try #require(found.words.first)
        #expect(
            words.hasPrefix("queue depth (vllm:num_requests_waiting) rose from 2 to 40 while time to first token rose")
        )
        #expect(words.hasSuffix("from 0.321 s to 4.121 s"), "\(words)")
        #expect(found.description.contains(words))
    }

    @Test func aQueueThatRoseWithinAHoldIsQuoted() throws {
        let found = try evidence {
            0.2 + Double($0 * 30 + $1) / 50
        } queue: {
            Double($0 * 30 + $1)
        }
        #expect(found.words.first?.hasPrefix("queue depth") == true)
    }

    @Test func whatDidNotRiseIsNotQuoted() throws {
        // A queue of its own mind, one that stands still, one that falls, and one that hardly rises.
        var random = SeededRandom(seed: 11)
        let noise = (0..<90).map { _ in Double.random(in: 0...40, using: &random) }
        #expect(try evidence(ttft: Self.wait) { noise[$0 * 30 + $1] }.words.isEmpty)
        #expect(try evidence(ttft: Self.wait) { _, _ in 7 }.words.isEmpty)
        #expect(try evidence(ttft: Self.wait) { stage, _ in [40, 20, 2][stage] }.words.isEmpty)
        #expect(try evidence(ttft: Self.wait) { stage, _ in [0.1, 0.2, 0.4][stage] }.words.isEmpty)
        // A wait that does not rise has nothing to be explained.
        let steady = { (_: Int, second: Int) in 3 + 0.01 * Double(second % 7) }
        #expect(try evidence(ttft: steady) { stage, _ in [2, 11, 40][stage] }.words.isEmpty)
    }

    @Test func throughputExplainsNothing() throws {
        let found = try evidence(series: "vllm:prompt_tokens_total", kind: .rate, ttft: Self.wait) { stage, _ in
            [100, 200, 400][stage]
        }
        #expect(found.words.isEmpty)
    }

    @Test func aServerThatFellSilentIsToldAndNotConcludedFrom() throws {
        let found = try evidence(ttft: Self.wait) { stage, second in
            stage == 2 && second >= 10 ? nil : [2, 11, 40][stage]
        }
        let words = "vllm: no figures for 20 of 30 s: connection refused: nothing is concluded from its figures"
        #expect(found.words == [words])
        #expect(!found.description.contains("queue depth"))
    }

    @Test func figuresOfTheTargetExplainTheTarget() throws {
        let found = try evidence(party: .target, series: "jobs_waiting", ttft: Self.wait) { stage, _ in
            [2, 11, 40][stage]
        }
        let words = try #require(found.words.first)
        #expect(words.hasPrefix("jobs_waiting rose from 2 to 40 while the wait for the target rose from"), "\(words)")
    }

    @Test func ranksAreSharedByEquals() {
        #expect(RankCorrelation([1, 2, 3, 4], [10, 20, 30, 40]).value == 1)
        #expect(RankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]).value == -1)
        #expect(RankCorrelation([1, 2, 3], [5, 5, 5]).value == 0)
        // By hand: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
        #expect(abs(RankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]).value - 0.9486833) < 1e-6)
        #expect(!RankCorrelation([1, 2, 3, 4], [1, 2, 4, 3]).isRise(atLeast: 0.6, odds: 0.001))
    }

    /// Of many figures that have nothing to do with the wait hardly one is taken for a rise.
    @Test func noiseSeldomPasses() {
        var random = SeededRandom(seed: 5)
        let wait = (0..<30).map(Double.init)
        let passed = (0..<5_000).count { _ in
            let noise = wait.map { _ in Double.random(in: 0...1, using: &random) }
            return RankCorrelation(wait, noise).isRise(atLeast: 0.6, odds: 0.001)
        }
        #expect(passed <= 12, "\(passed)")
    }
}
