import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// No verdict turns on the load generator itself.
@Suite struct GeneratorShareTests: JudgesRuns {
    /// A stage of ten agents whose gaps are of one length, `overhead` of it own work, with loops that are late by `lag`.
    private func run(gap: Int64, overhead: Int64 = 0, lag: Int64 = 0, decisions: Int64 = 0) -> LedgerFixture {
        healthyRun(agents: [10]) { window, _, _ in
            window.series[.gap] = histogram([gap, gap])
            window.series[.overhead] = histogram([overhead, overhead])
            window.series[.ttft] = histogram([1_000_000])
            window.counters[.decisions] = 2 * decisions
            window.host.loopLagMeanMicros = lag
        }
    }

    @Test func theDelayIsOwnWorkAndLagForEachAnswer() throws {
        let verdict = try verdict(run(gap: 500_000, overhead: 4_000, lag: 3_000, decisions: 1), .mtbaThreshold)
        #expect(verdict.generator == 0.010 && verdict.generatorShare == 0.02 && verdict.status == .pass)
        let script = try self.verdict(run(gap: 500_000, overhead: 4_000, lag: 3_000), .mtbaThreshold)
        #expect(script.generator == 0.007)
        let ttft = try self.verdict(run(gap: 500_000, lag: 3_000, decisions: 1), .cognitiveLatencyTTFT)
        #expect(ttft.generator == 0.003 && ttft.generatorShare == 0.003)
    }

    @Test(arguments: [(25_000, Verdict.Status.pass), (25_001, .inconclusive)] as [(Int64, Verdict.Status)])
    func aDelayOfMoreThanFivePercentSpoils(overhead: Int64, status: Verdict.Status) throws {
        let verdict = judged(run(gap: 500_000, overhead: overhead))
        #expect(verdict[.mtbaThreshold]?.status == status)
        #expect(verdict[.mtbaThreshold]?.details.contains("own delay") == (status == .inconclusive))
        // It says nothing of what is not made of gaps.
        #expect(verdict[.successfulStatefulSessions]?.status == .pass)
        #expect(verdict.saturations.map(\.workerName) == (status == .pass ? [] : ["a", "b"]))
    }

    @Test(arguments: [(1_010_000, Verdict.Status.inconclusive), (1_050_000, .fail)] as [(Int64, Verdict.Status)])
    func whatPassesWithoutTheDelayIsOpen(gap: Int64, status: Verdict.Status) throws {
        #expect(try verdict(run(gap: gap, overhead: 20_000), .mtbaThreshold).status == status)
        #expect(try verdict(run(gap: gap), .mtbaThreshold).status == .fail)
    }

    @Test(arguments: [(1, true), (2, false)] as [(Int64, Bool)])
    func harnessFailuresOfMoreThanOnePercentSpoil(failed: Int64, isJudged: Bool) {
        // 100 completed sessions in the hold.
        let fixture = healthyRun(agents: [10]) { window, worker, second in
            window.counters[.sessionsSucceeded] = 5
            window.counters[.sessionsSuccessfulStateful] = 5
            guard worker == "a", second == 0 else { return }
            window.counters[.sessionsSucceeded] = 5 - failed
            window.counters[.sessionsSuccessfulStateful] = 5 - failed
            window.counters[.sessionsFailed(.data)] = failed
        }
        let verdict = judged(fixture)
        #expect(
            verdict.stages[0].shortfall
                == (isJudged ? nil : "The load generator itself failed 2 of 100 sessions of stage s0.")
        )
        for key in [KPIKey.mtbaThreshold, .successfulStatefulSessions, .systemMemoryEfficiency] {
            #expect(verdict[key]?.status == (isJudged ? .pass : .inconclusive), "\(key)")
        }
    }

    @Test(arguments: [(10_000, true), (10_001, false)] as [(Int64, Bool)])
    func harnessTimeOfMoreThanOnePercentSpoils(micros: Int64, isJudged: Bool) {
        let fixture = healthyRun(agents: [10]) { window, _, _ in
            window.counters[CounterFamily.agentTime["target"]] = 5_000_000
            window.counters[.harnessMicros] = 5 * micros
        }
        #expect(judged(fixture).exitCode == (isJudged ? .passed : .inconclusive))
    }
}
