import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A run that stands still because somebody wants it to.
struct PauseTests {
    private func facts(_ bench: FleetBench, _ name: String) -> [FleetFact] {
        bench.committed.facts.filter { $0.name == name }
    }

    /// Time passes for a worker that answers.
    private func live(_ bench: inout FleetBench, seconds: Int) {
        for _ in 0..<seconds {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
    }

    @Test func agentsAreTakenFromTheirWorkersAtOnce() throws {
        var bench = try FleetBench.running()
        #expect(bench.assignments.last?.agents == AgentRanges([0...0]))
        bench.tell(.paused)
        live(&bench, seconds: 1)
        let last = try #require(bench.assignments.last)
        #expect(last.agents.isEmpty)
        #expect(last.fleetAgents == 0)
        #expect(last.timeline == bench.schedules.first?.timeline)
        #expect(facts(bench, "paused").count == 1)
        #expect(bench.machine.isPaused)
    }

    @Test func thePlansClockStandsForAsLongAsThePauseLasts() throws {
        let stages = [10, 20].map {
            Stage(name: "\($0)", agents: 1, rampMicros: 0, warmupMicros: 0, holdMicros: $0 * 1_000_000)
        }
        var bench = try FleetBench.running(Plan(stages: stages))
        bench.tell(.paused)
        live(&bench, seconds: 120)
        #expect(bench.schedules.count == 1)
        #expect(bench.endings.isEmpty)
        bench.tell(.continued)
        live(&bench, seconds: 1)
        // The stage is measured anew from its start, all of it.
        let (first, second) = (bench.schedules[0].timeline, try #require(bench.schedules.last?.timeline))
        #expect(bench.schedules.count == 2)
        #expect(second.stage == 0)
        #expect(second.start >= first.start + .seconds(120))
        #expect(second.end - second.start == first.end - first.start)
        guard case .continued(let length)? = facts(bench, "continued").first?.kind else {
            Issue.record("The run does not go on")
            return
        }
        #expect(length == .seconds(120))
        live(&bench, seconds: 3)
        #expect(bench.assignments.last?.agents == AgentRanges([0...0]))
        #expect(bench.assignments.last?.timeline == second)
    }

    @Test func anOpenStageEndsThereAndAFurtherOneFollows() throws {
        var bench = try FleetBench.running(Plan(stages: [.open(agents: 2, number: 1)]))
        bench.tell(.paused)
        live(&bench, seconds: 5)
        bench.tell(.rescale(7))
        live(&bench, seconds: 5)
        #expect(bench.schedules.map(\.plannedAgents) == [2])
        bench.tell(.continued)
        live(&bench, seconds: 3)
        #expect(bench.schedules.map(\.plannedAgents) == [2, 7])
        #expect(bench.machine.plan.stages == [.open(agents: 2, number: 1), .open(agents: 7, number: 2)])
        #expect(bench.assignments.last?.agents == AgentRanges([0...6]))
    }

    @Test func aPausedRunCanBeStopped() throws {
        var bench = try FleetBench.running()
        bench.tell(.paused)
        live(&bench, seconds: 2)
        bench.tell(.stopped)
        live(&bench, seconds: 1)
        #expect(bench.endings == ["finished"])
        #expect(!bench.machine.isPaused)
        #expect(facts(bench, "moved").isEmpty)
    }

    @Test func nothingIsPausedThatDoesNotRun() throws {
        var waiting = FleetBench()
        #expect(waiting.machine.pauseRefusal(at: waiting.now)?.contains("has not begun") == true)
        waiting.tell(.paused)
        waiting.tell(.continued)
        #expect(!waiting.machine.isPaused)
        var bench = try FleetBench.running()
        bench.tell(.continued)
        #expect(facts(bench, "continued").isEmpty)
        bench.tell(.paused)
        #expect(bench.machine.pauseRefusal(at: bench.now) == "The run is paused already")
        bench.tell(.paused)
        live(&bench, seconds: 1)
        #expect(facts(bench, "paused").count == 1)
        bench.tell(.interrupted)
        #expect(bench.machine.pauseRefusal(at: bench.now) == "The run is about to end")
    }

    @Test func aRunThatNobodyLetsGoOnEnds() throws {
        var limits = CoordinatorLimits()
        limits.longestPause = .seconds(60)
        limits.allLost = .seconds(1_000_000)
        var bench = FleetBench(limits: limits)
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1)).text)
        for _ in 0..<4 {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
        bench.say(1, Message.prepared(Prepared(run: FleetBench.run)).text)
        bench.wait(seconds: 4)
        bench.tell(.paused)
        bench.wait(seconds: 59)
        #expect(bench.endings.isEmpty)
        bench.wait(seconds: 2)
        #expect(bench.endings == ["interrupted"])
    }

    @Test func aCoordinatorThatTakesThePausedRunUpComesBackPaused() throws {
        var bench = try FleetBench.running()
        bench.tell(.paused)
        bench.wait(seconds: 2)
        let run = RecoveredRun(facts: bench.committed.facts)
        var machine = CoordinatorMachine(bench.machine.configuration, recovered: run)
        _ = machine.handle(.started, at: bench.now + .seconds(1))
        #expect(machine.isPaused)
        #expect(machine.currentSchedule == bench.machine.currentSchedule)
        _ = machine.handle(.continued, at: bench.now + .seconds(3))
        #expect(!machine.isPaused)
        #expect(machine.currentSchedule?.timeline.stage == 0)
        #expect(machine.currentSchedule?.timeline != bench.machine.currentSchedule?.timeline)
    }

    @Test func whatWasAnsweredBeforeThePauseIsNoAnswerToTheHoldAfterIt() throws {
        let stage = Stage(name: "s", agents: 1, rampMicros: 0, warmupMicros: 0, holdMicros: 10_000_000)
        var bench = try FleetBench.running(Plan(stages: [stage]), minor: 1)
        bench.tell(.paused)
        live(&bench, seconds: 3)
        bench.say(1, Message.answered(Answered(run: FleetBench.run, stage: 0)).text)
        bench.tell(.continued)
        for _ in 0..<8 {
            bench.answerPings(1)
            bench.wait(seconds: 1)
            bench.say(1, Message.answered(Answered(run: FleetBench.run, stage: 0)).text)
        }
        let end = try #require(bench.schedules.last?.timeline.end)
        while bench.now < end + .seconds(2) {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
        #expect(bench.endings.isEmpty)
        bench.say(1, Message.answered(Answered(run: FleetBench.run, stage: 0)).text)
        #expect(bench.endings == ["finished"])
    }

    @Test(arguments: [FleetFact.Kind.paused, .continued(after: .seconds(7)), .continued(after: .zero)])
    func theFactsComeBackFromTheirJSON(kind: FleetFact.Kind) throws {
        let fact = FleetFact(at: 7, kind)
        #expect(try FleetFact(json: fact.json) == fact)
    }

    @Test("Fleets that are paused while things go wrong keep every promise", arguments: [3, 11, 17, 29, 41])
    func randomFleets(seed: UInt64) {
        var setup = SimulationSetup.random(seed: seed)
        for second in [3, 9, 15] as [Int64] { setup.faults.append((second * 1_000_000, .pause(micros: 2_500_000))) }
        setup.limitMicros += 4 * setup.plan.durationMicros
        var simulation = Simulation(setup, tracing: true)
        let report = simulation.run()
        #expect(report.violation == nil, "\(simulation.trace.suffix(100).joined(separator: "\n"))")
        #expect(report.facts.contains { $0.name == "continued" } || report.outcome != .finished)
    }
}
