import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// How `marginal`, `--strict` and the four statuses go together.
@Suite struct VerdictRuleTests: JudgesRuns {
    private let strict = JudgingRules(strict: true)

    /// A run under 500 agents with sessions enough for a narrow interval.
    private func steady(_ change: (inout Window, String, Int) -> Void = { _, _, _ in }) -> LedgerFixture {
        healthyRun(agents: [10]) { window, worker, second in
            window.counters = [.sessionsSucceeded: 20, .sessionsSuccessfulStateful: 20]
            change(&window, worker, second)
        }
    }

    /// A run under 500 agents whose gaps change from second to second between two lengths.
    private func unsteady(
        _ low: Int64,
        _ high: Int64,
        _ change: (inout Window, String, Int) -> Void = { _, _, _ in }
    ) -> LedgerFixture {
        steady { window, worker, second in
            window.series[.gap] = histogram([second % 2 == 0 ? low : high])
            change(&window, worker, second)
        }
    }

    @Test func aPassWhoseIntervalStraddlesIsMarginalAndFailsUnderStrict() throws {
        let fixture = unsteady(800_000, 1_100_000)
        let plain = try verdict(fixture, .mtbaThreshold)
        #expect(plain.measured == 0.95 && plain.status == .pass && plain.marginal)
        #expect(try #require(plain.interval).high > 1)
        #expect(judged(fixture).exitCode == .passed)
        let strictly = try verdict(fixture, .mtbaThreshold, strict)
        #expect(strictly.status == .fail && strictly.marginal && strictly.measured == 0.95)
        #expect(strictly.reason?.contains("--strict") == true)
        #expect(judged(fixture, strict).exitCode == .failed)
    }

    @Test func aFailureWhoseIntervalStraddlesIsMarginalAndAFailureEitherWay() throws {
        let fixture = unsteady(900_000, 1_200_000)
        for rules in [JudgingRules(), strict] {
            let verdict = try verdict(fixture, .mtbaThreshold, rules)
            #expect(verdict.status == .fail && verdict.marginal && verdict.measured == 1.05)
            #expect(judged(fixture, rules).exitCode == .failed)
        }
    }

    @Test func whatIsFarFromItsTargetIsNotMarginal() throws {
        for (fixture, status) in [
            (unsteady(400_000, 500_000), Verdict.Status.pass), (unsteady(4_000_000, 4_100_000), .fail),
        ] {
            let verdict = try verdict(fixture, .mtbaThreshold, strict)
            #expect(verdict.status == status && !verdict.marginal)
        }
    }

    @Test func strictDoesNotDecideWhatIsOpen() throws {
        let choked = unsteady(800_000, 1_100_000) { window, _, _ in window.host.processCPUPercent = 95 }
        let verdict = try verdict(choked, .mtbaThreshold, strict)
        #expect(verdict.status == .inconclusive && verdict.marginal)
        #expect(judged(choked, strict).exitCode == .inconclusive)
        // A plan under 500 agents does not ask for the high load, whatever the rules.
        #expect(judged(choked, strict)[.mtbaHighLoad]?.status == .notExercised)
        let healthy = judged(steady(), strict)
        #expect(healthy[.maxConcurrentAgents]?.status == .notExercised && healthy.exitCode == .passed)
    }

    @Test func strictFailsWhatIsNotCriticalWithoutFailingTheRun() throws {
        let fixture = steady { window, _, second in
            window.host.cpuPercent = second % 2 == 0 ? 60 : 95
        }
        let verdict = judged(fixture, strict)
        #expect(verdict[.systemCPUEfficiency]?.measured == 77.5 && verdict[.systemCPUEfficiency]?.status == .fail)
        #expect(verdict.exitCode == .passed)
        #expect(judged(fixture)[.systemCPUEfficiency]?.status == .pass)
    }

    @Test(arguments: [(25_000, 94.9, false), (26_000, 0, true), (0, 95, true)] as [(Int64, Double, Bool)])
    func theGeneratorIsTheBottleneckPastItsLimits(lag: Int64, cpu: Double, spoils: Bool) throws {
        let fixture = healthyRun(agents: [10]) { window, _, _ in
            window.host.loopLagMeanMicros = lag
            window.host.processCPUPercent = cpu
        }
        #expect(try verdict(fixture, .mtbaThreshold).status == (spoils ? .inconclusive : .pass))
    }
}
