import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// Events that carry a failed session: few of them, on both sides.
@Suite("Sessions in events")
struct ExemplarEventTests {
    private static let trace = SessionTrace(
        goal: "buy",
        durationMicros: 400_000,
        steps: [.init(offsetMicros: 0, durationMicros: 9, what: "POST /api/checkout", status: 503)]
    )

    @Test("A worker tells the first five of each reason in full, with their start in fleet time")
    func worker() throws {
        var gate = WorkerGate()
        try gate.join()
        for second in 0..<4 {
            for code in ["target_5xx", "simulation_gave_up"] {
                for _ in 0..<3 { gate.fail(code, Self.trace) }
            }
            if second < 3 { gate.now = gate.now + .second }
        }
        let events = gate.events
        #expect(events.count == 24, "the rest is within what may be told in a second")
        for code in ["target_5xx", "simulation_gave_up"] {
            let told = events.filter { $0.code == code }
            #expect(told.map { $0.session != nil } == (0..<12).map { $0 < 5 })
            #expect(told[0].session?.startMicros == WorkerGate.fleetStart.micros - 400_000)
            #expect(told[3].session?.startMicros == WorkerGate.fleetStart.micros + 600_000)
        }
    }

    @Test("A coordinator keeps ten of each reason from a worker that tells more, and every event")
    func coordinator() throws {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1, worker: "w-1")).line)
        for number in 0..<36 {
            let code = "target_\(number % 3)xx"
            let event = WorkerEvent(run: FleetBench.run, level: .error, code: code, message: "m", session: Self.trace)
            bench.say(1, Message.event(event).line)
            if number % 18 == 17 { bench.wait(seconds: 1) }
        }
        bench.wait(seconds: 2)
        let events = bench.committed.facts.compactMap { fact in
            if case .event(_, let event) = fact.kind { event } else { nil }
        }
        #expect(events.count == 36)
        #expect(events.count { $0.session != nil } == 30)
    }

    @Test("A worker tells successful sessions in whole while half of a second's events is left, and misses none")
    func successes() throws {
        var gate = WorkerGate()
        try gate.join()
        let durations: [Int64] = [400_000, 500_000, 600_003, 700_000, 300_000, 2_000_000]
        for micros in durations { gate.succeed(micros) }
        #expect(gate.events.map(\.session?.durationMicros) == [400_000, 600_003, 2_000_000])
        #expect(gate.events.allSatisfy { $0.code == "session_succeeded" && $0.level == .debug })
        for _ in 0..<5 { gate.fail("target_5xx", Self.trace) }
        gate.succeed(8_000_000)
        #expect(gate.events.count == 8, "failures come first")
        gate.now = gate.now + .second
        gate.succeed(8_000_000)
        #expect(gate.events.count == 9)
    }

    @Test("A worker tells a coordinator of an older version of no successful session")
    func olderCoordinator() throws {
        var gate = WorkerGate()
        try gate.join(version: ProtocolVersion(major: 1, minor: 3))
        gate.succeed(400_000)
        gate.fail("target_5xx", Self.trace)
        #expect(gate.events.map(\.code) == ["target_5xx"])
    }

    @Test("A coordinator keeps so many successful sessions of a worker, and none without its steps")
    func keptSuccesses() throws {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1, worker: "w-1")).line)
        for number in 0..<300 {
            var event = WorkerEvent(
                run: FleetBench.run,
                level: .debug,
                code: WorkerEvent.sessionSucceeded,
                message: "m",
                session: Self.trace
            )
            if number % 10 == 9 { event.session = nil }
            bench.say(1, Message.event(event).line)
            if number % 10 == 9 { bench.wait(seconds: 1) }
        }
        bench.wait(seconds: 2)
        let kept = bench.committed.facts.count { fact in
            if case .event(_, let event) = fact.kind { event.code == WorkerEvent.sessionSucceeded } else { false }
        }
        #expect(kept == 200)
    }

    @Test("A fact keeps its session, and one of an older version has none")
    func facts() throws {
        var event = WorkerEvent(run: "r", level: .error, code: "c", message: "m", agent: 4, session: Self.trace)
        let fact = FleetFact(at: 7, .event(worker: "w-1", event))
        #expect(try FleetFact(json: fact.json) == fact)
        let old: JSONValue = [
            "at_us": 7, "kind": "event", "worker": "w-1",
            "event": ["run": "r", "level": "error", "code": "c", "message": "m", "agent": 4],
        ]
        event.session = nil
        #expect(try FleetFact(json: old) == FleetFact(at: 7, .event(worker: "w-1", event)))
    }
}

/// A worker's machine that is brought into a run, and what it sends.
private struct WorkerGate {
    static let fleetStart: FleetTime = 1_700_000_000_000_000
    private static let id: ConnectionID = 1

    private var machine: WorkerMachine
    private(set) var sent: [Message] = []
    /// The worker's own clock.
    var now: LocalTime = 5_000_000

    init() {
        machine = WorkerMachine(
            WorkerConfiguration(
                worker: "w-1",
                name: "load",
                software: "1.0.0",
                capacity: Capacity(cpus: 1, memoryBytes: 1),
                token: FleetBench.token,
                authenticator: FleetBench.authenticator,
                once: false,
                jitterSeed: 1
            )
        )
    }

    var events: [WorkerEvent] {
        sent.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }

    /// Shakes hands and takes an order.
    mutating func join(version: ProtocolVersion = .current) throws {
        let (greetNonce, helloNonce) = (
            Nonce([UInt8](repeating: 1, count: 32)), Nonce([UInt8](repeating: 2, count: 32))
        )
        handle(.started)
        handle(.connected(Self.id, nonce: helloNonce))
        hear(.greet(Greet(version: version, coordinator: "c", nonce: greetNonce)))
        let proof = HandshakeProof.coordinator(
            token: FleetBench.token,
            greetNonce: greetNonce,
            helloNonce: helloNonce,
            worker: "w-1",
            authenticator: FleetBench.authenticator
        )
        hear(
            .welcome(
                Welcome(proof: proof, now: Self.fleetStart, heartbeat: 1_000_000, lease: 10_000_000)
            )
        )
        hear(.prepare(Prepare(run: "r", seed: 1, scenario: [:])))
    }

    mutating func succeed(_ micros: Int64) {
        let trace = SessionTrace(goal: "buy", durationMicros: micros, steps: [])
        handle(
            .told(
                WorkerEvent(
                    run: "r",
                    level: .debug,
                    code: WorkerEvent.sessionSucceeded,
                    message: "m",
                    agent: 1,
                    session: trace
                )
            )
        )
    }

    mutating func fail(_ code: String, _ session: SessionTrace) {
        handle(.told(WorkerEvent(run: "r", level: .warning, code: code, message: "m", agent: 1, session: session)))
    }

    private mutating func hear(_ message: Message) {
        handle(.received(Self.id, message.line))
    }

    private mutating func handle(_ event: WorkerMachine.Event) {
        for action in machine.handle(event, at: now) {
            guard case .send(_, let line) = action, let message = try? Message(line: Array(line.dropLast())) else {
                continue
            }
            sent.append(message)
        }
    }
}
