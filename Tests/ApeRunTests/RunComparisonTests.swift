import ApeCore
import ApeFleet
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct RunComparisonTests: JudgesRuns {
    /// A run of which every second differs a little from the others.
    private func run(
        _ id: String = "run",
        agents: [Int] = [10, 1_000],
        ttft: Int64 = 300_000,
        failures: Int64 = 0,
        lag: Int64 = 500
    ) -> ComparableRun {
        let fixture = healthyRun(agents: agents) { window, worker, second in
            window.series = [:]
            let noise = Int64((second &* 7919 &+ worker.utf8.count &* 31) % 13) * 1_000
            LedgerFixture.healthy(&window, gap: 500_000 + noise, ttft: ttft + noise, samples: 20)
            window.counters[.sessionsSucceeded] = 10 - failures
            window.counters[.sessionsSuccessfulStateful] = 10 - failures
            window.counters[.sessionsFailed(.target5xx)] = failures
            window.host.loopLagMeanMicros = lag
        }
        return ComparableRun(
            id: id,
            scenarioName: "shop",
            startMicros: LedgerFixture.start,
            origin: RunOrigin(measuredBy: .current, scenarioHash: "5ce0", fixture.ledger),
            fixture.ledger,
            judged(fixture)
        )
    }

    private func outcome(_ comparison: RunComparison, _ name: String) -> RunComparison.Outcome? {
        comparison.rows.first { $0.name == name }?.outcome
    }

    @Test func aRunIsTheSameAsItself() {
        let comparison = RunComparison(base: run(), run: run())
        #expect(comparison.rows.count > 15)
        #expect(comparison.rows.allSatisfy { $0.outcome == .same })
        #expect(comparison.sentence == "No significant change of the critical targets.")
        #expect(comparison.cautions.isEmpty)
        #expect(comparison.regressions(beyond: 0).isEmpty)
    }

    @Test func aSlowerModelIsWorseAndAFasterOneBetter() throws {
        let comparison = RunComparison(base: run(), run: run(ttft: 390_000))
        #expect(outcome(comparison, "cognitive_latency_ttft") == .worse)
        #expect(outcome(comparison, "mtba_threshold") == .same)
        #expect(outcome(comparison, "ttft p95") == .worse)
        #expect(outcome(comparison, "gap p95") == .same)
        #expect(outcome(comparison, "s0: TTFT") == .worse)
        let row = try #require(comparison.rows.first { $0.name == "cognitive_latency_ttft" })
        #expect(row.test == .welch)
        #expect(try abs(#require(row.change) - 0.286) < 0.01)
        #expect(comparison.regressions(beyond: 0.05).map(\.name) == ["cognitive_latency_ttft"])
        #expect(comparison.regressions(beyond: 0.3).isEmpty)
        #expect(outcome(RunComparison(base: run(ttft: 390_000), run: run()), "cognitive_latency_ttft") == .better)
    }

    @Test func asmallChangeDoesNotMatterHoweverSure() throws {
        let comparison = RunComparison(base: run(), run: run(ttft: 309_000))
        let row = try #require(comparison.rows.first { $0.name == "cognitive_latency_ttft" })
        #expect(try #require(row.probability) < 0.05)
        #expect(row.outcome == .same)
    }

    @Test func sharesAreComparedAsShares() throws {
        let comparison = RunComparison(base: run(), run: run(failures: 2))
        let sessions = try #require(comparison.rows.first { $0.name == "successful_stateful_sessions" })
        #expect(sessions.test == .proportions)
        #expect(sessions.outcome == .worse)
        #expect(sessions.base == 100)
        #expect(sessions.run == 80)
        let reason = try #require(comparison.rows.first { $0.name == "sessions: target_5xx" })
        #expect(reason.base == 0)
        #expect(reason.run == 20)
        #expect(reason.outcome == .worse)
        #expect(reason.change == .infinity)
    }

    @Test func aChokingGeneratorLeavesItOpen() {
        let comparison = RunComparison(base: run(), run: run(ttft: 900_000, lag: 900_000))
        #expect(outcome(comparison, "cognitive_latency_ttft") == .inconclusive)
        #expect(comparison.openCriticalRows.count >= 3)
        #expect(comparison.regressions(beyond: 0).isEmpty)
        #expect(comparison.sentence.contains("inconclusive"))
    }

    @Test func otherPlansAreACaution() {
        let comparison = RunComparison(base: run(), run: run(agents: [10, 20]))
        #expect(comparison.cautions.count == 2)
        #expect(
            comparison.cautions[1]
                == "The plans differ: 10 -> 1000 agents, 10s each in the base; 10 -> 20 agents, 10s each in the run."
        )
        #expect(outcome(comparison, "mtba_high_load") == .untested)
        #expect(outcome(comparison, "s1: TTFT") == nil)
        #expect(outcome(comparison, "s0: TTFT") == .same)
    }
}
