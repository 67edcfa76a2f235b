import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A coordinator that is told to end while its run is to go on with another.
struct SuspensionTests {
    /// A run that was suspended in the hold of its stage, some seconds in.
    private func suspended(_ plan: Plan? = nil) throws -> FleetBench {
        var bench = try FleetBench.running(plan)
        bench.tell(.suspended)
        return bench
    }

    /// The machine that takes a run up so long after the last one ended, and the facts that it stores at once.
    private func next(after bench: FleetBench, seconds: Int64) -> (CoordinatorMachine, [FleetFact]) {
        let run = RecoveredRun(facts: bench.committed.facts)
        var machine = CoordinatorMachine(bench.machine.configuration, recovered: run)
        let actions = machine.handle(.started, at: bench.now + .seconds(seconds))
        let batches = actions.compactMap { action in if case .commit(let batch) = action { batch } else { nil } }
        return (machine, batches.flatMap(\.facts))
    }

    @Test func whatCameInIsStoredAndAcknowledgedAndNoWorkerIsStopped() throws {
        var bench = try FleetBench.running()
        bench.commits = false
        bench.say(1, Message.window(FleetBench.window(1)).text)
        bench.wait(seconds: 1.5)
        bench.say(1, Message.window(FleetBench.window(2)).text)
        bench.tell(.suspended)
        #expect(bench.outcome == nil)
        bench.commits = true
        bench.tell(.committed)
        #expect(bench.outcome == .suspended)
        #expect(bench.committed.windows.map(\.window.seq) == [1, 2])
        #expect(bench.told[1]?.last == .ack(Ack(run: FleetBench.run, seq: 2)))
        #expect(bench.told[1]?.contains { $0.type == "stop" } == false)
        #expect(bench.closed == [1])
        #expect(bench.endings.isEmpty)
        #expect(bench.committed.facts.last?.kind == .suspended)
    }

    @Test func afterAShortWhileTheStageGoesOnAsIfNothingHadBeen() throws {
        let bench = try suspended()
        let (machine, facts) = next(after: bench, seconds: 5)
        #expect(machine.currentSchedule == bench.machine.currentSchedule)
        #expect(facts.map(\.name) == ["resumed"])
    }

    @Test func afterALongOneTheStageIsMeasuredAnewAndNoneBeforeIt() throws {
        let stages = [12, 20].map {
            Stage(name: "\($0)", agents: 1, rampMicros: 0, warmupMicros: 0, holdMicros: $0 * 1_000_000)
        }
        var bench = try FleetBench.running(Plan(stages: stages))
        while bench.schedules.last?.timeline.start.micros ?? .max > bench.now.micros || bench.schedules.count < 2 {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
        let (before, moment) = (try #require(bench.schedules.last?.timeline), bench.now)
        bench.tell(.suspended)
        let (machine, facts) = next(after: bench, seconds: 60)
        let timeline = try #require(machine.currentSchedule?.timeline)
        #expect(timeline.stage == 1)
        // Workers come back before it begins.
        #expect(timeline.start >= moment + .seconds(76) && timeline.start <= moment + .seconds(77))
        #expect(timeline.end - timeline.start == before.end - before.start)
        #expect(!machine.isPaused)
        #expect(facts.map(\.name).prefix(3) == ["paused", "continued", "stage"])
        #expect(facts.first?.at == moment)
        #expect(facts.contains { $0.kind == .continued(after: .seconds(60)) })
    }

    @Test func aKilledCoordinatorsStageKeepsToItsTime() throws {
        let bench = try FleetBench.running()
        let (machine, facts) = next(after: bench, seconds: 60)
        #expect(machine.currentSchedule == bench.machine.currentSchedule)
        #expect(facts.map(\.name) == ["resumed"])
    }

    @Test func aRunThatWasPausedIsPausedStill() throws {
        var bench = try FleetBench.running()
        bench.tell(.paused)
        bench.tell(.suspended)
        let (machine, facts) = next(after: bench, seconds: 60)
        #expect(machine.isPaused)
        #expect(facts.map(\.name) == ["resumed"])
    }

    @Test func aHoldThatWasOverIsNotMeasuredAgain() throws {
        let stage = Stage(name: "s", agents: 1, rampMicros: 0, warmupMicros: 0, holdMicros: 10_000_000)
        var bench = try FleetBench.running(Plan(stages: [stage]), minor: 1)
        let end = try #require(bench.schedules.last?.timeline.end)
        while bench.now < end + .seconds(1) {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
        try #require(bench.endings.isEmpty)
        bench.tell(.suspended)
        #expect(bench.outcome == .suspended)
        let (machine, facts) = next(after: bench, seconds: 60)
        #expect(machine.currentSchedule == bench.machine.currentSchedule)
        #expect(!facts.contains { $0.name == "stage" })
    }

    @Test func aRunThatIsAboutToEndEnds() throws {
        var bench = try FleetBench.running()
        bench.tell(.interrupted)
        bench.tell(.suspended)
        bench.wait(seconds: 40)
        #expect(bench.outcome == .interrupted)
    }

    @Test(
        "Fleets whose coordinators are told to end while things go wrong keep every promise",
        arguments: 1...12 as ClosedRange<UInt64>
    )
    func randomFleets(seed: UInt64) {
        var setup = SimulationSetup.random(seed: seed)
        // One that the agents do not notice, and one that takes longer than half a lease.
        setup.faults.append((4_000_000, .suspendCoordinator(downMicros: 300_000)))
        setup.faults.append((11_000_000, .suspendCoordinator(downMicros: 4_000_000)))
        setup.limitMicros += 4 * setup.plan.durationMicros + 60_000_000
        var simulation = Simulation(setup, tracing: true)
        let report = simulation.run()
        #expect(report.violation == nil, "\(simulation.trace.suffix(100).joined(separator: "\n"))")
        #expect(report.facts.contains { $0.kind == .suspended } || report.outcome != .finished)
    }

    @Test func theFactComesBackFromItsJSON() throws {
        let fact = FleetFact(at: 7, .suspended)
        #expect(try FleetFact(json: fact.json) == fact)
    }
}
