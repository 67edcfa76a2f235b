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

/// A worker's machine that a coordinator of the test's speaks to.
private struct WorkerBench {
    private var machine: WorkerMachine
    private var now = LocalTime(micros: 5_000_000)
    private var fleetNow: FleetTime = 1_700_000_000_000_000
    private(set) var said: [Message] = []
    /// The numbers of agents that the shell was told to run.
    private(set) var applied: [Int] = []
    private var pings: Int64 = 0

    init(maxAgents: Int?) {
        machine = WorkerMachine(
            WorkerConfiguration(
                worker: "w-1",
                name: "w-1",
                software: "1",
                capacity: Capacity(cpus: 1, memoryBytes: 1, maxAgents: maxAgents),
                token: [],
                authenticator: FleetBench.authenticator,
                jitterSeed: 1
            )
        )
        handle(.started)
    }

    private mutating func handle(_ event: WorkerMachine.Event) {
        for action in machine.handle(event, at: now) {
            switch action {
            case .connect: break
            case .send(_, let line), .close(_, let line):
                if let message = try? Message(line: Array(line.dropLast())) { said.append(message) }
            case .prepare(let prepare): handle(.prepared(run: prepare.run))
            case .apply(let assignment):
                applied.append(assignment.agents.count)
                handle(.settled(revision: assignment.revision))
            default: break
            }
        }
    }

    private mutating func tell(_ message: Message) {
        handle(.received(1, message.line))
    }

    mutating func join() throws {
        let nonce = Nonce([UInt8](repeating: 3, count: 32))
        handle(.connected(1, nonce: nonce))
        let greet = Greet(version: .current, coordinator: "c", nonce: Nonce([UInt8](repeating: 4, count: 32)))
        tell(.greet(greet))
        let proof = HandshakeProof.coordinator(
            token: [],
            greetNonce: greet.nonce,
            helloNonce: nonce,
            worker: "w-1",
            authenticator: FleetBench.authenticator
        )
        let welcome = Welcome(
            proof: proof,
            now: fleetNow,
            heartbeat: .second,
            lease: .seconds(10),
            resume: nil
        )
        tell(.welcome(welcome))
        for _ in 0..<3 { ping() }
        tell(.prepare(Prepare(run: FleetBench.run, seed: 1, scenario: [:])))
        try #require(said.contains { $0.type == "prepared" })
    }

    private mutating func ping() {
        pings += 1
        tell(.ping(Ping(id: pings, sent: fleetNow, heard: now)))
    }

    mutating func assign(revision: Int, agents: Int) {
        let plan = Plan(stages: [
            Stage(name: "s", agents: agents, rampMicros: 0, warmupMicros: 0, holdMicros: 60_000_000)
        ])
        let timeline = StageTimeline(stage: 0, of: plan, start: fleetNow.secondFloor)
        let assign = Assign(
            run: FleetBench.run,
            revision: revision,
            timeline: timeline,
            agents: AgentRanges(0..<agents),
            fleetAgents: agents
        )
        tell(.assign(assign))
        for _ in 0..<4 {
            now = now + Micros.milliseconds(500)
            fleetNow = fleetNow + Micros.milliseconds(500)
            ping()
            handle(.timer)
        }
    }
}
