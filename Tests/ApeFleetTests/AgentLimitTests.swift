import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

@Suite("A worker's own limit holds against its coordinator")
struct AgentLimitTests {
    /// A coordinator that plans two agents, with two workers of which the first has some; the second takes over.
    private func running() throws -> FleetBench {
        let stage = Stage(name: "s", agents: 4, rampMicros: 0, warmupMicros: 0, holdMicros: 3_600_000_000)
        var bench = FleetBench(plan: Plan(stages: [stage]))
        for id in 1...2 as ClosedRange<ConnectionID> {
            bench.connect(id)
            bench.say(id, Message.hello(bench.hello(id, worker: "w-\(id)")).line)
        }
        beat(&bench, seconds: 4)
        for id in 1...2 as ClosedRange<ConnectionID> {
            bench.say(id, Message.prepared(Prepared(run: FleetBench.run)).line)
        }
        beat(&bench, seconds: 4)
        settle(&bench, 1)
        beat(&bench, seconds: 2)
        return bench
    }

    private func beat(_ bench: inout FleetBench, seconds: Int) {
        for _ in 0..<seconds {
            for id in 1...2 as ClosedRange<ConnectionID> { bench.answerPings(id) }
            bench.wait(seconds: 1)
        }
    }

    /// A worker says that it runs what it was told.
    private func settle(_ bench: inout FleetBench, _ id: ConnectionID) {
        for case .assign(let assign) in (bench.told[id] ?? []).reversed() {
            let assigned = Assigned(run: FleetBench.run, revision: assign.revision)
            return bench.say(id, Message.assigned(assigned).line)
        }
    }

    private func assigned(_ bench: FleetBench, _ id: ConnectionID) -> Int? {
        for case .assign(let assign) in (bench.told[id] ?? []).reversed() { return assign.agents.count }
        return nil
    }

    @Test("A worker that refuses what it was given is told to stop, and others get its agents once it has")
    func othersTakeOver() throws {
        var bench = try running()
        #expect(assigned(bench, 1) == 2)
        #expect(assigned(bench, 2) == 2)
        let refused = Refused(run: FleetBench.run, code: "too_many_agents", message: "2 agents, takes 1")
        bench.say(1, Message.refused(refused).line)
        bench.wait(seconds: 0.5)
        #expect(bench.told[1]?.last { $0.type == "stop" } != nil)
        #expect(assigned(bench, 2) == 2, "who refuses may still run what it had before")
        bench.say(1, Message.stopped(Stopped(run: FleetBench.run, lastSeq: 0)).line)
        beat(&bench, seconds: 3)
        #expect(assigned(bench, 2) == 4)
        #expect(bench.outcome == nil)
        #expect(
            bench.committed.facts.contains {
                if case .refused("w-1", "too_many_agents", _) = $0.kind { true } else { false }
            }
        )
        #expect(
            bench.committed.facts.contains { if case .moved(let move) = $0.kind { move.agents == 2 } else { false } }
        )
    }

    @Test("A coordinator that was away in between knows that the worker has to stop")
    func recovery() throws {
        var bench = try running()
        bench.say(1, Message.refused(Refused(run: FleetBench.run, code: "too_many_agents", message: "m")).line)
        bench.wait(seconds: 2)
        var later = FleetBench(recovered: RecoveredRun(facts: bench.committed.facts))
        later.connect(1)
        var hello = later.hello(1)
        hello.resume = Hello.Resume(run: FleetBench.run, lastSeq: 0)
        later.say(1, Message.hello(hello).line)
        #expect(later.told[1]?.contains { $0.type == "stop" } == true)
    }

    @Test("An assignment of more agents than the worker takes is refused in words, and nothing of it runs")
    func worker() throws {
        var bench = WorkerBench(maxAgents: 2)
        try bench.join()
        bench.assign(revision: 1, agents: 2)
        #expect(bench.applied == [2])
        bench.assign(revision: 2, agents: 3)
        #expect(bench.applied == [2])
        let refusal = try #require(bench.said.last { $0.type == "refused" })
        guard case .refused(let refused) = refusal else { return }
        #expect(refused.code == "too_many_agents")
        #expect(refused.message == "Revision 2 has 3 agents for this worker, which takes 2 (--max-agents)")
        bench.assign(revision: 3, agents: 1)
        #expect(bench.applied == [2, 1])
    }

    @Test("A worker without a limit takes what comes")
    func unlimited() throws {
        var bench = WorkerBench(maxAgents: nil)
        try bench.join()
        bench.assign(revision: 1, agents: 5_000)
        #expect(bench.applied == [5_000])
    }
}
