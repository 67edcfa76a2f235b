import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A run whose stage is open: another number of agents is a further stage.
struct ScalingTests {
    @Test func anotherNumberOfAgentsIsAFurtherStage() throws {
        var bench = try standing()
        bench.tell(.rescale(5))
        bench.wait(seconds: 1)
        let appended = bench.committed.facts.compactMap { fact in
            if case .appended(let stage) = fact.kind { stage } else { nil }
        }
        #expect(appended == [.open(agents: 5, number: 2)])
        let schedules = bench.schedules
        #expect(schedules.map(\.plannedAgents) == [2, 5])
        // It starts on a whole second, in time for every worker to know of it.
        let second = try #require(schedules.last)
        #expect(second.timeline.start == second.timeline.start.secondFloor)
        #expect(second.timeline.start >= bench.now)
        bench.wait(seconds: 3)
        #expect(bench.assignments.last?.timeline.stage == 1)
        #expect(bench.assignments.last?.agents == AgentRanges([0...4]))
    }

    @Test func theSameNumberChangesNothing() throws {
        var bench = try standing()
        bench.tell(.rescale(2))
        bench.wait(seconds: 5)
        #expect(bench.schedules.count == 1)
    }

    @Test func ofSeveralWishesTheLastHolds() throws {
        var bench = try standing()
        bench.tell(.rescale(5))
        // The stage of five has not begun; what is wished meanwhile waits for it.
        bench.tell(.rescale(7))
        bench.tell(.rescale(9))
        bench.wait(seconds: 10)
        #expect(bench.schedules.map(\.plannedAgents) == [2, 5, 9])
    }

    @Test func aRunThatFollowsItsPlanIsNotScaled() throws {
        var bench = try standing(isOpen: false)
        bench.tell(.rescale(5))
        bench.wait(seconds: 5)
        #expect(bench.schedules.map(\.plannedAgents) == [1])
    }

    @Test func aStopEndsTheRunAsItsPlanWould() throws {
        var bench = try standing()
        bench.tell(.stopped)
        #expect(bench.endings == ["finished"])
    }

    @Test func aCoordinatorThatTakesTheRunUpWalksTheSamePlan() throws {
        var bench = try standing()
        bench.tell(.rescale(5))
        bench.wait(seconds: 6)
        let run = RecoveredRun(facts: bench.committed.facts)
        var machine = CoordinatorMachine(bench.machine.configuration, recovered: run)
        _ = machine.handle(.started, at: bench.now + .seconds(1))
        #expect(machine.plan == bench.machine.plan)
        #expect(machine.currentSchedule == bench.machine.currentSchedule)
        _ = machine.handle(.rescale(3), at: bench.now + .seconds(2))
        #expect(machine.plan.stages.map(\.agents) == [2, 5, 3])
    }

    @Test func aFurtherStageComesBackFromItsJSON() throws {
        let fact = FleetFact(at: 7, .appended(.open(agents: 5, number: 2)))
        #expect(try FleetFact(json: fact.json) == fact)
    }

    /// A run with one worker, some seconds into its first stage.
    private func standing(isOpen: Bool = true) throws -> FleetBench {
        try FleetBench.running(isOpen ? Plan(stages: [.open(agents: 2, number: 1)]) : nil)
    }
}
