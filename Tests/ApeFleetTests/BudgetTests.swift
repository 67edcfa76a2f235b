import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A run may cost so much and no more.
struct BudgetTests {
    @Test func theRunEndsInGoodOrder() throws {
        var bench = try FleetBench.running(Plan(stages: [stage("a", seconds: 60), stage("b", seconds: 60)]))
        bench.tell(.budgetSpent)
        #expect(bench.endings == ["budget_spent"])
        guard case .stop(let stop)? = bench.told[1]?.last else {
            Issue.record("The worker was told \(String(describing: bench.told[1]?.last))")
            return
        }
        // What a hold that goes on began has not been waited for.
        #expect(stop.reason == .aborted)
        // Told again for as long as it is so, it changes nothing.
        bench.tell(.budgetSpent)
        bench.tell(.interrupted)
        #expect(bench.endings == ["budget_spent"])
    }

    @Test func onceTheLastHoldIsOverItsAnswersAreWaitedFor() throws {
        var bench = try FleetBench.running(Plan(stages: [stage("a", seconds: 4)]), minor: 1)
        bench.answerPings(1)
        let end = try #require(bench.machine.currentSchedule?.timeline.end)
        bench.wait(seconds: Double((end - bench.now).micros + 500_000) / 1_000_000)
        bench.tell(.budgetSpent)
        #expect(bench.endings == [])
        bench.say(1, Message.answered(Answered(run: FleetBench.run, stage: 0)).text)
        bench.wait(seconds: 1)
        #expect(bench.endings == ["finished"])
    }

    @Test func anOpenStageEndsToo() throws {
        var bench = try FleetBench.running(Plan(stages: [.open(agents: 2, number: 1)]))
        bench.tell(.budgetSpent)
        #expect(bench.endings == ["budget_spent"])
    }

    @Test func aRunThatHasNotBegunHasSpentNothing() {
        var bench = FleetBench()
        bench.tell(.budgetSpent)
        #expect(bench.endings == [])
    }

    @Test func aCoordinatorThatTakesTheRunUpEndsItForTheSameReason() throws {
        var bench = try FleetBench.running(Plan(stages: [stage("a", seconds: 60)]))
        bench.tell(.budgetSpent)
        let run = RecoveredRun(facts: bench.committed.facts)
        var machine = CoordinatorMachine(bench.machine.configuration, recovered: run)
        _ = machine.handle(.started, at: bench.now + .seconds(1))
        guard case .finishing(let outcome, _) = machine.phase else {
            Issue.record("It is \(machine.phase)")
            return
        }
        #expect(outcome == .budgetSpent)
    }

    @Test(arguments: [RunOutcome.finished, .interrupted, .budgetSpent])
    func outcomesComeBackFromTheirCodes(outcome: RunOutcome) {
        #expect(RunOutcome(code: outcome.code, message: "") == outcome)
    }

    private func stage(_ name: String, seconds: Int64) -> Stage {
        Stage(name: name, agents: 1, rampMicros: 0, warmupMicros: 0, holdMicros: seconds * 1_000_000)
    }
}
