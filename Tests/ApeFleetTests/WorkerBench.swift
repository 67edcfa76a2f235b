import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A worker's machine that a coordinator of the test's speaks to.
struct WorkerBench {
    private var machine: WorkerMachine
    private var now = LocalTime(micros: 5_000_000)
    private var fleetNow: FleetTime = 1_700_000_000_000_000
    private(set) var said: [Message] = []
    /// The numbers of agents that the shell was told to run.
    private(set) var applied: [Int] = []
    private(set) var logs: [LogLine] = []
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
            case .stopAgents: handle(.drained)
            case .cutWindow(let stamp): handle(.tally(stamp, WindowCut(), HostSample()))
            case .log(let line): logs.append(line)
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
    /// The coordinator ends the run, and has stored all that the worker sent of it.
    mutating func end() {
        tell(.stop(Stop(run: FleetBench.run, reason: .finished)))
        let last = said.compactMap { if case .window(let window) = $0 { window.seq } else { nil } }.max()
        tell(.ack(Ack(run: FleetBench.run, seq: last ?? 0)))
    }

    /// The connection ends, and the next attempt fails.
    mutating func part() {
        handle(.disconnected(1))
        now = max(now, machine.nextWake ?? now)
        handle(.timer)
        handle(.connectFailed("refused"))
        now = max(now, machine.nextWake ?? now)
        handle(.timer)
    }

    /// The process is asked to end.
    mutating func leave() {
        handle(.leaveRequested(reason: "asked"))
    }
}
