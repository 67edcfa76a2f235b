import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// Where the time of a hold's agents went adds up, or nothing that was judged on it stands.
@Suite struct AccountingTests: JudgesRuns {
    /// Ten agents on two workers for ten seconds, each second told of as `parts` in milliseconds of an agent.
    private func run(
        _ parts: [AgentActivity: Int64] = [.firstToken: 400, .target: 500, .overhead: 100],
        absent: Int64 = 0,
        without: (String, Int) -> Bool = { _, _ in false },
        _ change: (inout Window, String, Int) -> Void = { _, _, _ in }
    ) -> LedgerFixture {
        var fixture = LedgerFixture(agents: [10])
        fixture.run(stage: 0, without: without) { window, worker, second in
            LedgerFixture.healthy(&window)
            for (activity, millis) in parts {
                window.counters[CounterFamily.agentTime[activity.rawValue]] = 5_000 * millis
            }
            window.counters[.absentMicros] = 5_000 * absent
            change(&window, worker, second)
        }
        return fixture
    }

    @Test func theWholeTimeIsAccountedFor() throws {
        let verdict = judged(run())
        let accounting = try #require(verdict.accounting)
        #expect(accounting.expectedMicros == 100_000_000)
        #expect(accounting[.firstToken] == 40_000_000 && accounting[.target] == 50_000_000)
        #expect(accounting[.overhead] == 10_000_000 && accounting[.pause] == 0)
        #expect(accounting.unreportedMicros == 0 && accounting.residualMicros == 0)
        #expect(accounting.residualPercent == 0 && accounting.isWhole)
        #expect(verdict.exitCode == .passed)
    }

    @Test func aSecondOfTheRampIsNone() throws {
        let fixture = run(without: { _, _ in false }) { window, _, second in
            if second < 0 { window.counters[CounterFamily.agentTime["target"]] = 900_000_000 }
        }
        #expect(try #require(judged(fixture).accounting).residualMicros == 0)
    }

    @Test func absentAgentsAndSecondsThatNobodyToldOfAreNamed() throws {
        let fixture = run([.target: 800], absent: 200, without: { $0 == "b" && $1 == 3 }, { _, _, _ in })
        let accounting = try #require(judged(fixture).accounting)
        #expect(accounting[.target] == 76_000_000 && accounting.absentMicros == 19_000_000)
        #expect(accounting.unreportedMicros == 5_000_000 && accounting.residualMicros == 0)
    }

    @Test(arguments: [(990, true), (989, false), (1_010, true), (1_011, false)] as [(Int64, Bool)])
    func booksThatAreOffByMoreThanOnePercentAreWrong(millis: Int64, isWhole: Bool) throws {
        let verdict = judged(run([.target: millis]))
        #expect(try #require(verdict.accounting).residualMicros == (1_000 - millis) * 100_000)
        #expect(verdict.stages[0].status == (isWhole ? .pass : .inconclusive))
        #expect(verdict[.mtbaThreshold]?.status == (isWhole ? .pass : .inconclusive))
        #expect(verdict[.successfulStatefulSessions]?.status == (isWhole ? .pass : .inconclusive))
        #expect(verdict.exitCode == (isWhole ? .passed : .inconclusive))
        #expect(verdict[.mtbaThreshold]?.reason?.contains("its own books are wrong") ?? false == !isWhole)
    }

    @Test func workersThatTellNothingHaveNoCertificate() {
        let verdict = judged(run([:]))
        #expect(verdict.accounting == nil && verdict.stages[0].accounting == nil)
        #expect(verdict.exitCode == .passed)
    }

    @Test func whereNothingCameBackAllIsUnreported() throws {
        let accounting = try #require(judged(LedgerFixture(agents: [10])).accounting)
        #expect(accounting.unreportedMicros == 100_000_000 && accounting.residualMicros == 0)
        #expect(judged(LedgerFixture(agents: [10], isStarted: false)).accounting == nil)
    }

    @Test func aLateWindowCoversNoTime() throws {
        var fixture = run()
        var late = fixture.window(stage: 0, second: 4)
        (late.isLate, late.assigned, late.active) = (true, 0, 0)
        late.counters = [CounterFamily.agentTime["target"]: 9_000_000]
        fixture.ledger.add(worker: "a", window: late)
        #expect(try #require(judged(fixture).accounting).residualMicros == 0)
    }
}
