import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct VerdictTests: JudgesRuns {
    @Test func aHealthyRunPassesAllEight() throws {
        let verdict = judged(healthyRun())
        #expect(verdict.verdicts.map(\.key) == KPIKey.allCases)
        #expect(verdict.verdicts.allSatisfy { $0.status == .pass && !$0.marginal })
        #expect(verdict.exitCode == .passed)
        #expect(verdict[.mtbaThreshold]?.measured == 0.5015)
        #expect(verdict[.mtbaThreshold]?.samples == 80)
        #expect(verdict[.cognitiveLatencyTTFT]?.measured == 0.3015)
        #expect(verdict[.cognitiveLatencyTTFT]?.samples == 160)
        #expect(verdict[.successfulStatefulSessions]?.measured == 100)
        #expect(verdict[.maxConcurrentAgents]?.measured == 1_000)
        #expect(verdict[.agentStartupTime]?.measured == 0.02)
        // Agents start in the ramp, so its samples count here and nowhere else.
        #expect(verdict[.agentStartupTime]?.samples == 192)
        #expect(verdict[.systemMemoryEfficiency]?.measured == 30)
        #expect(verdict[.systemCPUEfficiency]?.measured == 20)
    }

    @Test func stagesAreClassedAtFiveHundred() throws {
        let fixture = healthyRun(agents: [499, 500]) { window, _, _ in
            if window.stage == 1 { window.series[.gap] = histogram([1_200_000, 1_200_000]) }
        }
        let verdict = judged(fixture)
        #expect(verdict[.mtbaThreshold]?.measured == 0.5015)
        #expect(verdict[.mtbaHighLoad]?.measured == 1.2)
        #expect(verdict[.mtbaHighLoad]?.status == .pass)
    }

    @Test func theMeanIsTheFleetsAndNoMeanOfMeans() throws {
        let fixture = healthyRun(agents: [10, 20]) { window, worker, _ in
            window.series[.gap] = worker == "a" ? histogram([100_000]) : histogram([400_000, 400_000, 400_000])
        }
        #expect(try verdict(fixture, .mtbaThreshold).measured == 0.325)
    }

    @Test func aSlowTargetFailsWithExitCodeOne() throws {
        let verdict = judged(healthyRun { window, _, _ in window.series[.gap] = histogram([2_000_000]) })
        #expect(verdict[.mtbaThreshold]?.status == .fail)
        #expect(verdict[.mtbaHighLoad]?.status == .fail)
        #expect(verdict.exitCode == .failed)
        #expect(verdict.criticalFailures.count == 2)
    }

    @Test func exactlyTheTargetFailsWhereItMustBeBelow() throws {
        let below = try verdict(
            healthyRun { window, _, _ in window.series[.gap] = histogram([1_000_000]) },
            .mtbaThreshold
        )
        #expect(below.status == .fail)
    }

    @Test func sessionsAtEightyFivePercentPass() throws {
        let passing = healthyRun { window, _, _ in
            window.counters = [
                .sessionsSucceeded: 17, .sessionsSuccessfulStateful: 17, .sessionsFailed(.target5xx): 3,
            ]
        }
        let verdict = try verdict(passing, .successfulStatefulSessions)
        #expect(verdict.measured == 85)
        #expect(verdict.status == .pass)
        #expect(verdict.marginal)
        #expect(verdict.samples == 800)
        let strict = try self.verdict(passing, .successfulStatefulSessions, JudgingRules(strict: true))
        #expect(strict.status == .fail)
        #expect(judged(passing, JudgingRules(strict: true)).exitCode == .failed)
        #expect(judged(passing).exitCode == .passed)
    }

    @Test func successWithoutStateDoesNotCount() throws {
        let fixture = healthyRun { window, _, _ in window.counters = [.sessionsSucceeded: 1] }
        #expect(try verdict(fixture, .successfulStatefulSessions).measured == 0)
    }

    @Test func unfinishedSessionsAreLeftOut() throws {
        let fixture = healthyRun { window, _, _ in window.counters[.sessionsUnfinished] = 50 }
        #expect(try verdict(fixture, .successfulStatefulSessions).measured == 100)
    }

    @Test func withoutACompletedSessionNothingIsSaid() throws {
        let fixture = healthyRun { window, _, _ in window.counters = [.sessionsUnfinished: 3] }
        let verdict = try verdict(fixture, .successfulStatefulSessions)
        #expect(verdict.status == .inconclusive)
        #expect(verdict.measured == nil)
        #expect(judged(fixture).exitCode == .inconclusive)
    }

    @Test func aDeadTargetFailsItsSessions() throws {
        let fixture = healthyRun { window, _, _ in window.counters = [.sessionsFailed(.target(.refused)): 9] }
        #expect(try verdict(fixture, .successfulStatefulSessions).status == .fail)
    }

    @Test func smallRunsDoNotExerciseWhatTheyDoNotAsk() throws {
        let verdict = judged(healthyRun(agents: [10, 100]))
        #expect(verdict[.mtbaHighLoad]?.status == .notExercised)
        #expect(verdict[.maxConcurrentAgents]?.status == .notExercised)
        #expect(verdict.exitCode == .passed)
        let own = judged(healthyRun(agents: [10, 100]), JudgingRules(targets: [.maxConcurrentAgents: 100]))
        #expect(own[.maxConcurrentAgents]?.status == .pass)
        #expect(own[.maxConcurrentAgents]?.target.defaultValue == 1_000)
    }

    @Test func scriptsDoNotExerciseTheModel() throws {
        let fixture = healthyRun { window, _, _ in window.series[.ttft] = nil }
        #expect(try verdict(fixture, .cognitiveLatencyTTFT, JudgingRules(usesInference: false)).status == .notExercised)
        #expect(try verdict(fixture, .cognitiveLatencyTTFT).status == .inconclusive)
    }

    @Test func anEmptyRunNeverPasses() throws {
        for fixture in [
            LedgerFixture(agents: [10, 1_000]), LedgerFixture(agents: [10, 1_000], isStarted: false),
            LedgerFixture(agents: []),
        ] {
            let verdict = judged(fixture)
            #expect(verdict.count(.pass) == 0)
            #expect(verdict.exitCode != .passed)
        }
    }

    @Test func oneLostAgentMissesTheTarget() throws {
        let fixture = healthyRun { window, worker, second in
            if window.stage == 1, worker == "a", second == 5 { window.active -= 1 }
        }
        let verdict = try verdict(fixture, .maxConcurrentAgents)
        #expect(verdict.measured == 999)
        #expect(verdict.status == .fail)
    }

    @Test func theWorstHostOfTheLargestStageIsJudged() throws {
        let fixture = healthyRun { window, worker, second in
            if window.stage == 0 { window.host.cpuPercent = 99 }
            if window.stage == 1, worker == "b" { window.host.cpuPercent = second == 3 ? 100 : 80 }
        }
        let verdict = try verdict(fixture, .systemCPUEfficiency)
        #expect(verdict.measured == 82)
        #expect(verdict.status == .fail)
        #expect(verdict.details.contains("host b"))
        #expect(verdict.details.contains("peak 100.0 %"))
        // Not critical: the run passes all the same.
        #expect(judged(fixture).exitCode == .passed)
    }

    @Test(arguments: [
        ([Verdict.Status.pass, .pass], ExitCode.passed), ([.pass, .notExercised], .passed), ([.pass, .fail], .failed),
        ([.inconclusive, .fail], .failed), ([.pass, .inconclusive], .inconclusive),
        ([.notExercised, .notExercised], .inconclusive),
    ])
    func exitCodesFollowTheCriticalTargets(statuses: [Verdict.Status], expected: ExitCode) {
        let critical = zip([KPIKey.mtbaThreshold, .mtbaHighLoad], statuses).map {
            Verdict(KPITarget($0), $1, details: "")
        }
        let other = Verdict(KPITarget(.systemCPUEfficiency), .fail, details: "")
        #expect(RunVerdict(verdicts: critical + [other], outcome: .finished, strict: false).exitCode == expected)
    }
}
