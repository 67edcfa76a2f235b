import ApeCore
import ApeMetrics
@testable import ApeReport
import ApeRun
import Testing

@Suite struct VerdictTableTests {
    @Test func aPassedRun() {
        let text = VerdictTable(ReportFixture.report(agents: [10, 100])).text
        #expect(
            text == """
                Measured by APE 0.9.0, measurement version 1; scenario shop 690848f6824a; seed 18446744073709551615;
                  10 -> 100 agents, 10s each; 2 workers with 4 CPUs and 8.0 GiB each.
                Accounting residual 0.00 %; generator's share 0.19 %; 49.5 requests in flight for 55 users
                  (scaling_100: 90.0 for 100); distinct prompts not known.

                KPI                                 Target    Measured (95 % interval)  Verdict
                ──────────────────────────────────  ────────  ────────────────────────  ─────────────
                MTBA, under 500 agents              < 1.0 s   0.520 s (0.520 .. 0.520)  PASS
                MTBA, 500 agents and more           < 1.5 s   -                         NOT_EXERCISED
                TTFT, mean                          < 2.0 s   0.270 s (0.270 .. 0.270)  PASS
                Successful stateful sessions        >= 85 %   100.0 % (99.0 .. 100.0)   PASS
                Concurrent agents                   >= 1000   -                         NOT_EXERCISED
                Agent startup, mean (not critical)  < 30.0 s  0.030 s (0.030 .. 0.030)  PASS
                Memory in use (not critical)        < 85 %    40.0 % (40.0 .. 40.0)     PASS
                CPU in use (not critical)           < 80 %    25.0 % (25.0 .. 25.0)     PASS

                Stage        Agents  Achieved     MTBA  TTFT mean  TTFT p95  Success  Actions
                ───────────  ──────  ────────  ───────  ─────────  ────────  ───────  ───────
                scaling_10       10        10  0.520 s    0.270 s   0.290 s  100.0 %     1000
                scaling_100     100       100  0.520 s    0.270 s   0.290 s  100.0 %     1000

                This verdict describes https://shop.example driven by m-8b at https://llm.example/v1.
                Overall: PASS (6 of 8 targets passed, 2 not exercised).
                Accounting of 1100 agent-seconds: first token 40.0 %, generation 20.0 %, target 30.0 %, think 8.0 %,
                  own overhead 2.0 %, residual 0.00 %.
                Tokens: no data. The endpoint told of none in 2400 decisions.

                """
        )
    }

    @Test func aFailedRunSaysWhy() {
        let text = VerdictTable(failed, width: 80).text
        #expect(
            text.hasSuffix(
                """
                Failed     Party       Reason             Where  Number
                ─────────  ──────────  ─────────────────  ─────  ──────
                decisions  inference   inference_429      -         280
                sessions   simulation  step_limit         -          80
                sessions   inference   inference_5xx      -          40
                sessions   inference   inference_timeout  -          40
                sessions   target      target_5xx         -          40
                and 40 for other reasons

                This verdict describes https://shop.example driven by m-8b at
                  https://llm.example/v1.
                Overall: FAIL (6 of 8 targets passed, 2 failed).
                FAIL mtba_high_load: Mean of 120 gaps in stage scaling_1000.
                FAIL successful_stateful_sessions: 400 of 640 completed sessions were successful
                  and stateful, 62.5 % with each session weighing alike; the value weighs each
                  second alike.
                Accounting of 10100 agent-seconds: first token 40.0 %, generation 20.0 %, target
                  30.0 %, think 8.0 %, own overhead 2.0 %, residual 0.00 %.
                Tokens: no data. The endpoint told of none in 2400 decisions.

                """
            )
        )
    }

    @Test func targetsThatShareAReasonShareItsLine() {
        let report = ReportFixture.report(outcome: .interrupted) { window, _ in window.stage == 0 }
        #expect(
            VerdictTable(report).text.hasSuffix(
                """
                Overall: INTERRUPTED (1 of 8 targets passed, 7 inconclusive).
                The run was interrupted: this is what was measured until then.
                INCONCLUSIVE mtba_high_load, cognitive_latency_ttft, successful_stateful_sessions,
                  max_concurrent_agents, agent_startup_time, system_memory_efficiency, system_cpu_efficiency:
                  100.0 % of the measurements of stage scaling_1000 are missing.
                Completeness: 24 of 48 worker seconds are missing (alpha 12 s, beta 12 s).
                Accounting of 10100 agent-seconds: first token 0.4 %, generation 0.2 %, target 0.3 %, think 0.1 %,
                  own overhead 0.0 %, unreported 99.0 %, residual 0.00 %.
                Tokens: no data. The endpoint told of none in 1200 decisions.

                """
            )
        )
    }

    @Test func aMarginalPassIsMarked() {
        let report = ReportFixture.report { window, _ in
            window.counters = [.sessionsSucceeded: 7, .sessionsSuccessfulStateful: 7, .sessionsFailed(.target5xx): 1]
            return true
        }
        let text = VerdictTable(report).text
        #expect(text.contains("PASS (marginal)"))
        #expect(text.contains("successful_stateful_sessions: The 95 % interval straddles the target."))
    }

    @Test func aFleetThatCouldNotRunSaysWhy() {
        let report = ReportFixture.report(
            agents: [],
            outcome: .fleetFailed(FleetFailure("No worker came within 30 s."))
        )
        let text = VerdictTable(report).text
        #expect(text.contains("Overall: FLEET FAILED"))
        #expect(text.contains("The fleet could not go on: No worker came within 30 s."))
        #expect(!text.contains("Stage"))
    }

    @Test(arguments: [0, 76, 80, 100, 200])
    func linesKeepToTheWidth(width: Int) {
        for report in [failed, ReportFixture.report(), ReportFixture.report(agents: [])] {
            let longest = VerdictTable(report, width: width).text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(longest <= max(width, VerdictTable.leastWidth))
        }
    }

    @Test func colourChangesNothingButColour() {
        let plain = VerdictTable(failed).text
        let coloured = VerdictTable(failed, isColoured: true).text
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[31mFAIL"))
        let stripped = coloured.replacing(/\u{1B}\[[0-9]+m/, with: "").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let trimmed = stripped.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
        #expect(trimmed.joined(separator: "\n") == plain)
    }

    private var failed: RunReport {
        ReportFixture.report { window, _ in
            window.counters[.sessionsFailed(.target5xx)] = 1
            window.counters[.sessionsFailed(.targetTimeout)] = 1
            window.counters[.sessionsFailed(FailureReason(rawValue: "step_limit"))] = 2
            window.counters[.sessionsFailed(.inference5xx)] = 1
            window.counters[.sessionsFailed(.inference(.timeout))] = 1
            window.counters[.decisionErrors(AttemptFault(rawValue: "inference_429"))] = 7
            window.record(.gap, window.stage == 1 ? 9_000_000 : 520_000 + window.seq * 10_000)
            return true
        }
    }
}
