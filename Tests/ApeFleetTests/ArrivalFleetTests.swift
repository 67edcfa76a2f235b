import ApeCore
import ApeMetrics
import ApeRun
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

@Suite("A fleet in which sessions arrive")
struct ArrivalFleetTests {
    private static func plan(_ agents: Int = 2, hold: Int64 = 3_600) -> Plan {
        Plan(stages: [
            Stage(
                name: "a",
                agents: agents,
                rampMicros: 0,
                warmupMicros: 0,
                holdMicros: hold * 1_000_000,
                arrivals: Arrivals(perSecond: 5)
            )
        ])
    }

    @Test("A worker is told when sessions begin; one that does not know arrivals is refused by name")
    func versions() throws {
        let bench = try FleetBench.running(Self.plan(), minor: 3)
        let assigns = (bench.told[1] ?? []).compactMap { if case .assign(let assign) = $0 { assign } else { nil } }
        let arrivals = StageArrivals(Arrivals(perSecond: 5), beforePerSecond: 0, agents: 2)
        #expect(assigns.map(\.arrivals) == [AssignedArrivals(arrivals)])
        var old = FleetBench(plan: Self.plan())
        old.connect(1)
        old.say(1, Message.hello(old.hello(1, minor: 2)).text)
        #expect(old.fault(1) == .versionMismatch)
    }

    @Test("A worker that leaves says up to when arrivals were its own, and the next one is told so")
    func leaving() throws {
        var bench = try FleetBench.running(Self.plan(4), minor: 3)
        bench.connect(2)
        bench.say(2, Message.hello(bench.hello(2, worker: "w-2", minor: 3)).text)
        bench.say(2, Message.prepared(Prepared(run: FleetBench.run)).text)
        bench.answerPings(1)
        bench.wait(seconds: 1)
        let start = try #require(bench.schedules.first?.timeline.start)
        let moved = TakenArrivals(agents: AgentRanges([2...3]), until: start + .seconds(1))
        bench.say(1, Message.assigned(Assigned(run: FleetBench.run, revision: 2, taken: [moved])).text)
        bench.wait(seconds: 1)
        #expect(bench.assigned(2).last?.agents == AgentRanges([2...3]))
        #expect(bench.assigned(2).last?.arrivals?.taken == [moved])
        // Worker 2 ends before a window tells that it has taken them up, and names what it had of one of them.
        let left = TakenArrivals(agents: AgentRanges([3...3]), until: start + .seconds(2))
        bench.say(2, Message.leave(Leave(reason: "SIGTERM")).text)
        bench.say(2, Message.stopped(Stopped(run: FleetBench.run, lastSeq: 0, taken: [left])).text)
        bench.wait(seconds: 1)
        let taken = bench.assigned(1).last?.arrivals?.taken ?? []
        #expect(taken.first { $0.agents.contains(3) }?.until == start + .seconds(2))
        #expect(taken.first { $0.agents.contains(2) }?.until == start + .seconds(1))
        // A coordinator that takes the run up says the same.
        var next = FleetBench(plan: Self.plan(4), recovered: RecoveredRun(facts: bench.committed.facts))
        next.connect(9)
        var hello = next.hello(9, minor: 3)
        hello.resume = Hello.Resume(run: FleetBench.run, lastSeq: 0)
        next.say(9, Message.hello(hello).text)
        next.say(9, Message.prepared(Prepared(run: FleetBench.run)).text)
        next.wait(seconds: 1)
        #expect(
            next.assigned(9).last?.arrivals?.taken.sorted { $0.until < $1.until }
                == taken.sorted { $0.until < $1.until }
        )
    }

    @Test("What a lost worker had is its last window's end, or what it was given where no window tells")
    func lostWorkers() {
        let timeline = StageTimeline(stage: 0, start: 10_000_000, ramp: .zero, warmup: .zero, hold: .seconds(60))
        var arrivals = MemberArrivals()
        let all = AgentRanges(0..<10)
        arrivals.give(AgentRanges(0..<4), [], revision: 1, timeline)
        #expect(arrivals.told(of: all, in: timeline) == [])
        #expect(arrivals.until(of: AgentRanges(0..<4), told: []).map(\.until) == [10_000_000])
        arrivals.see(end: 12_000_000, revision: 1)
        #expect(arrivals.until(of: AgentRanges(0..<4), told: []).map(\.until) == [12_000_000])
        let given = TakenArrivals(agents: AgentRanges([4...5]), until: 11_500_000)
        arrivals.give(AgentRanges(0..<6), [given], revision: 2, timeline)
        arrivals.see(end: 13_000_000, revision: 1)
        #expect(arrivals.told(of: all, in: timeline) == [given])
        #expect(
            arrivals.until(of: AgentRanges(0..<6), told: []) == [
                given, TakenArrivals(agents: AgentRanges(0..<4), until: 13_000_000),
            ]
        )
        arrivals.settle(revision: 2, at: 13_200_000)
        arrivals.see(end: 14_000_000, revision: 1)
        #expect(arrivals.until(of: AgentRanges(0..<6), told: []).map(\.until) == [14_000_000])
        // What it said itself counts, but for what it had not heard of yet.
        let again = TakenArrivals(agents: AgentRanges([5...5]), until: 15_000_000)
        arrivals.give(AgentRanges(0..<6), [again], revision: 4, timeline)
        let told = [TakenArrivals(agents: AgentRanges([4...5]), until: 13_500_000)]
        #expect(
            arrivals.until(of: AgentRanges([4...5]), told: told) == [
                again, TakenArrivals(agents: AgentRanges([4...4]), until: 13_500_000),
            ]
        )
    }

    @Test(
        "Over a killed worker, a late joiner and a coordinator's death arrivals stay Poisson, and late ones are counted"
    )
    func dispersion() throws {
        let hosts = [4, 4, 4].map { SimulationSetup.Host(capacity: Capacity(cpus: $0, memoryBytes: 1 << 30)) }
        var setup = SimulationSetup(
            seed: 3,
            hosts: hosts,
            expectedWorkers: 3,
            plan: Self.plan(60, hold: 200),
            limitMicros: 400_000_000
        )
        setup.plan.stages[0].arrivals = Arrivals(perSecond: 40)
        setup.faults = [(60_000_000, .killWorker(0, restartMicros: 20_000_000))]
        var simulation = Simulation(setup)
        let report = simulation.run()
        #expect(report.violation == nil)
        let start = try #require(report.ledger.stages[0].timeline?.holdStart.micros)
        var counts = [Double](repeating: 0, count: 200)
        for arrival in simulation.begun.keys where (start..<start + 200_000_000).contains(arrival.at.micros) {
            counts[Int((arrival.at.micros - start) / 1_000_000)] += 1
        }
        let mean = counts.reduce(0, +) / 200
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199
        #expect(abs(mean - 40) < 1.5, "mean \(mean)")
        #expect(abs(variance / mean - 1) < 0.3, "index of dispersion \(variance / mean)")
        let hold = report.ledger.stages[0].hold
        let late = hold[.sessionsLate]
        #expect(late > 30 && late < 400, "a lease's worth of a third of the sessions began late: \(late)")
        #expect(hold[.lateness].count == hold[.sessionsStarted])
        let twice = simulation.begun.values.count { $0.count > 1 }
        #expect(twice < 30, "a second's worth at most began twice: \(twice)")
    }
}

extension FleetBench {
    fileprivate func assigned(_ id: ConnectionID) -> [Assign] {
        (told[id] ?? []).compactMap { if case .assign(let assign) = $0 { assign } else { nil } }
    }
}
