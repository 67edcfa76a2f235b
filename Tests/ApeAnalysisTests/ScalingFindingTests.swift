@testable import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun
import ApeTestKit
import Testing

/// What the scaling law recommends, from a run's stages to the sentence.
@Suite struct ScalingFindingTests: JudgesRuns {
    private static let sizes = [2, 4, 8, 12, 20, 40]

    /// A run of which one part of the gap queues for eight servers of 50 ms.
    private func finding(
        _ part: GapBreakdown.Part,
        rate: (Double) -> Double = { min($0 / 0.05, 160) },
        change: (inout Window) -> Void = { _ in }
    ) throws -> Recommendation {
        var fixture = LedgerFixture(agents: Self.sizes)
        for (stage, size) in Self.sizes.enumerated() {
            let rate = rate(Double(size))
            fixture.run(stage: stage) { window, _, _ in
                LedgerFixture.healthy(&window)
                var tally = WindowTally()
                var gap = GapBreakdown()
                gap.gaps = 1
                gap[part: part] = Int64(1_000_000 * Double(size) / rate)
                gap.gapMicros = gap.partsMicros
                tally.record(gap, goal: "buy", route: "GET /api")
                window.series = tally.cut().series
                window.counters[.actions(.successful)] = Int64((rate / 2).rounded())
                change(&window)
            }
        }
        let analysis = OptimizationAnalysis(ledger: fixture.ledger, verdict: judged(fixture))
        return try #require(
            analysis.recommendations.first { $0.id == "throughput-scaling" },
            "\(analysis.scaling.reason ?? "")"
        )
    }

    @Test func aQueueIsToldWithItsServers() throws {
        let found = try finding(.target)
        #expect(found.cause == .target)
        #expect(found.concerns == [.mtbaThreshold])
        #expect(found.description.hasPrefix("A queue of about 8.0 (95 %: 7.1 .. 8.1) servers does at most 160.0"))
        #expect(found.description.contains("which 8.0 (95 %:"))
        #expect(found.description.contains("waiting for the target (0.050 s to 0.250 s)"), "\(found.description)")
        #expect(found.outcome?.contains("40 agents reach 320.0 instead of 160.0") == true)
        #expect(found.outcome?.contains("MTBA of 0.125 s instead of 0.250 s") == true, "\(found.outcome ?? "")")
        #expect(found.action.hasPrefix("Give the target more"))
    }

    @Test(arguments: [
        (GapBreakdown.Part.firstToken, Recommendation.Cause.inference), (.generation, .inference), (.target, .target),
        (.retryWait, .scenario),
    ])
    func theCauseIsWhatGrew(part: GapBreakdown.Part, cause: Recommendation.Cause) throws {
        let found = try finding(part)
        #expect(found.cause == cause)
        let all = [found.description, found.action, found.outcome ?? ""] + found.steps + found.evidence.map(\.words)
        #expect(!all.contains { $0.contains("oherency") || $0.contains("locks") })
    }

    @Test func waitsBeforeRetriesAreTheirsWhoFailed() throws {
        let failing = try finding(.retryWait, change: { $0.counters[.decisionErrors(.http5xx)] = 3 })
        #expect(failing.cause == .inference)
        let unsent = try finding(.retryWait, change: { $0.counters[.decisionErrors(.transport)] = 3 })
        #expect(unsent.cause == .harness)
    }

    @Test func coherencyIsSaidWhereItIsCertain() throws {
        let found = try finding(.target, rate: { 2_000 * $0 / (1 + 1e-3 * ($0 - 1) + 4e-3 * $0 * ($0 - 1)) })
        #expect(found.description.contains("agents cost each other time (coherency 0.004"), "\(found.description)")
        #expect(found.action.contains("locks"))
        let contention = try finding(.target, rate: { 2_000 * $0 / (1 + 0.2 * ($0 - 1)) })
        #expect(contention.description.contains("work waits its turn (contention 0.2"), "\(contention.description)")
        #expect(!contention.action.contains("locks"))
    }

    /// Twice the servers reach no further than agents that never wait.
    @Test func moreServersGiveNoMoreThanAgentsAskFor() throws {
        let found = try finding(.target, rate: { min($0 / 0.05, 500) })
        #expect(found.outcome?.contains("40 agents reach 800.0 instead of 500.0") == true, "\(found.outcome ?? "")")
    }
}
