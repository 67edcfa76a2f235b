import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A run that searches: each stage is told of when its answers are in, and the next comes from whoever judged it.
struct SearchTests {
    private static let search: CapacitySearch = {
        var search = CapacitySearch()
        (search.from, search.holdMicros, search.rampMicros, search.warmupMicros) = (2, 3_000_000, 1_000_000, 1_000_000)
        return search
    }()

    private func searching() throws -> FleetBench { try FleetBench.running(Plan(Self.search)) }

    @Test func aTryIsToldOfOnceWhenItIsOver() throws {
        var bench = try searching()
        bench.wait(seconds: 1)
        #expect(bench.tried.isEmpty)
        bench.wait(seconds: 20)
        #expect(bench.tried == [0])
        #expect(bench.endings.isEmpty && bench.schedules.count == 1)
    }

    @Test func theNextTryIsAFurtherStage() throws {
        var bench = try searching()
        bench.wait(seconds: 10)
        let stage = Self.search.stage(level: 4, number: 2)
        bench.tell(.judged(next: stage))
        bench.wait(seconds: 1)
        #expect(bench.machine.plan.stages.map(\.agents) == [2, 4])
        #expect(bench.schedules.map(\.plannedAgents) == [2, 4])
        bench.wait(seconds: 20)
        #expect(bench.tried == [0, 1])
    }

    @Test func aJudgementOfNothingIsNotHeard() throws {
        var bench = try searching()
        bench.tell(.judged(next: Self.search.stage(level: 4, number: 2)))
        bench.tell(.judged(next: nil))
        #expect(bench.machine.plan.stages.count == 1 && bench.endings.isEmpty)
        bench.wait(seconds: 10)
        bench.tell(.interrupted)
        bench.tell(.judged(next: nil))
        #expect(bench.endings == ["interrupted"])
    }

    @Test func theRunEndsAsItsPlanWouldWhenNothingIsLeftToTry() throws {
        var bench = try searching()
        bench.wait(seconds: 10)
        bench.tell(.judged(next: nil))
        #expect(bench.endings == ["finished"])
    }

    @Test func whoTakesTheRunUpHasTheSameTriesBehindIt() throws {
        var bench = try searching()
        bench.wait(seconds: 10)
        bench.tell(.judged(next: Self.search.stage(level: 4, number: 2)))
        bench.wait(seconds: 20)
        let recovered = RecoveredRun(facts: bench.committed.facts)
        var machine = CoordinatorMachine(bench.machine.configuration, recovered: recovered)
        let first = machine.handle(.started, at: bench.now + .seconds(1))
        _ = machine.handle(.committed, at: bench.now + .seconds(1))
        #expect(machine.plan == bench.machine.plan)
        #expect(machine.currentSchedule == bench.machine.currentSchedule)
        // The second try is over: it is told of again, and is not made again.
        let limit = bench.now + .seconds(2)
        let facts = first.flatMap { action in
            if case .commit(let batch) = action { batch.facts.map(\.kind) } else { [FleetFact.Kind]() }
        }
        #expect(facts.contains(.tried(stage: 1)))
        _ = machine.handle(.judged(next: Self.search.stage(level: 3, number: 3)), at: limit)
        #expect(machine.plan.stages.map(\.agents) == [2, 4, 3])
    }

    @Test func aTryComesBackFromItsJSON() throws {
        let fact = FleetFact(at: 7, .tried(stage: 3))
        #expect(try FleetFact(json: fact.json) == fact)
    }
}

extension FleetBench {
    /// The tries that can be judged.
    fileprivate var tried: [Int] {
        committed.facts.compactMap { fact in
            if case .tried(let stage) = fact.kind { stage } else { nil }
        }
    }
}
