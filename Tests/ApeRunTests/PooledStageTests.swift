import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// No pool hides a stage.
@Suite struct PooledStageTests: JudgesRuns {
    /// Many short gaps of a first stage, few long ones of a second.
    private func run(long: Int64, spread: Int64 = 0) -> LedgerFixture {
        healthyRun(agents: [10, 20]) { window, _, second in
            window.series[.gap] =
                window.stage == 0
                ? histogram(Array(repeating: 400_000, count: 50))
                : histogram([second % 2 == 0 ? long - spread : long + spread])
        }
    }

    @Test func aStageThatFailsByItselfFailsTheVerdict() throws {
        let verdict = try verdict(run(long: 1_500_000), .mtbaThreshold)
        #expect(try #require(verdict.measured) < 0.5)
        #expect(verdict.status == .fail)
        #expect(verdict.reason?.hasPrefix("Stage s1 by itself fails it: 1.500 s") == true)
        #expect(judged(run(long: 1_500_000)).exitCode == .failed)
    }

    @Test func oneWhoseIntervalReachesOverTheTargetDoesNot() throws {
        #expect(try verdict(run(long: 1_010_000, spread: 900_000), .mtbaThreshold).status == .pass)
    }

    @Test func soDoesAShareOfSessions() throws {
        let fixture = healthyRun(agents: [10, 20]) { window, _, _ in
            let failed: Int64 = window.stage == 0 ? 0 : 5
            window.counters = [
                .sessionsSucceeded: 20 - failed, .sessionsSuccessfulStateful: 20 - failed,
                .sessionsFailed(.target5xx): failed,
            ]
        }
        let verdict = try verdict(fixture, .successfulStatefulSessions)
        #expect(verdict.measured == 87.5 && verdict.status == .fail)
        #expect(verdict.reason?.contains("Stage s1 by itself fails it: 75.0 %") == true)
    }

    @Test func aStageWithoutASampleIsNoPass() throws {
        let fixture = healthyRun(agents: [10, 20]) { window, _, _ in
            if window.stage == 1 { window.series[.gap] = nil }
        }
        let verdict = try verdict(fixture, .mtbaThreshold)
        #expect(verdict.status == .inconclusive && verdict.reason == "Stage s1 has no gaps.")
    }
}
