import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A run whose stage is open: another number of agents is a further stage.
struct ScalingTests {
    @Test func anotherNumberOfAgentsIsAFurtherStage() throws {
        var house = try standing()
        house.tell(.rescale(5))
        house.wait(seconds: 1)
        let appended = house.committed.facts.compactMap { fact in
            if case .appended(let stage) = fact.kind { stage } else { nil }
        }
        #expect(appended == [.open(agents: 5, number: 2)])
        let schedules = house.schedules
        #expect(schedules.map(\.plannedAgents) == [2, 5])
        // It starts on a whole second, in time for every worker to know of it.
        let second = try #require(schedules.last)
        #expect(second.timeline.start == second.timeline.start.secondFloor)
        #expect(second.timeline.start >= house.now)
        house.wait(seconds: 3)
        #expect(house.assignments.last?.timeline.stage == 1)
        #expect(house.assignments.last?.agents == AgentRanges([0...4]))
    }

    @Test func theSameNumberChangesNothing() throws {
        var house = try standing()
        house.tell(.rescale(2))
        house.wait(seconds: 5)
        #expect(house.schedules.count == 1)
    }

    @Test func ofSeveralWishesTheLastHolds() throws {
        var house = try standing()
        house.tell(.rescale(5))
        // The stage of five has not begun; what is wished meanwhile waits for it.
        house.tell(.rescale(7))
        house.tell(.rescale(9))
        house.wait(seconds: 10)
        #expect(house.schedules.map(\.plannedAgents) == [2, 5, 9])
    }

    @Test func aRunThatFollowsItsPlanIsNotScaled() throws {
        var house = try standing(isOpen: false)
        house.tell(.rescale(5))
        house.wait(seconds: 5)
        #expect(house.schedules.map(\.plannedAgents) == [1])
    }

    @Test func aStopEndsTheRunAsItsPlanWould() throws {
        var house = try standing()
        house.tell(.stopped)
        let endings = house.committed.facts.compactMap { fact in
            if case .ending(let outcome, _) = fact.kind { outcome } else { nil }
        }
        #expect(endings == ["finished"])
    }

    @Test func aCoordinatorThatTakesTheRunUpWalksTheSamePlan() throws {
        var house = try standing()
        house.tell(.rescale(5))
        house.wait(seconds: 6)
        let run = RecoveredRun(facts: house.committed.facts)
        var machine = CoordinatorMachine(house.machine.configuration, recovered: run)
        _ = machine.handle(.started, at: house.now + .seconds(1))
        #expect(machine.plan == house.machine.plan)
        #expect(machine.currentSchedule == house.machine.currentSchedule)
        _ = machine.handle(.rescale(3), at: house.now + .seconds(2))
        #expect(machine.plan.stages.map(\.agents) == [2, 5, 3])
    }

    @Test func aFurtherStageComesBackFromItsJSON() throws {
        let fact = FleetFact(at: 7, .appended(.open(agents: 5, number: 2)))
        #expect(try FleetFact(json: fact.json) == fact)
    }

    /// A run with one worker, some seconds into its first stage.
    private func standing(isOpen: Bool = true) throws -> Gatehouse {
        var house = Gatehouse(plan: isOpen ? Plan(stages: [.open(agents: 2, number: 1)]) : nil)
        house.connect(1)
        house.say(1, Message.hello(house.hello(1)).text)
        for _ in 0..<4 {
            for case .ping(let ping) in house.told[1] ?? [] {
                house.say(
                    1,
                    Message.pong(Pong(id: ping.id, sent: ping.sent, local: LocalTime(micros: house.now.micros))).text
                )
            }
            house.wait(seconds: 1)
        }
        house.say(1, Message.prepared(Prepared(run: Gatehouse.run)).text)
        house.wait(seconds: 4)
        try #require(house.schedules.count == 1)
        return house
    }
}

extension Message {
    fileprivate var text: String { String(decoding: line, as: UTF8.self) }
}

extension Gatehouse {
    fileprivate var schedules: [StageSchedule] {
        committed.facts.compactMap { fact in
            if case .stage(let schedule) = fact.kind { schedule } else { nil }
        }
    }

    fileprivate var assignments: [Assign] {
        (told[1] ?? []).compactMap { message in
            if case .assign(let assign) = message { assign } else { nil }
        }
    }
}
