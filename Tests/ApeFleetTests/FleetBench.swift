import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A coordinator's machine and connections that speak to it; what they are told is read back.
struct FleetBench {
    static let token = Secret("the token that the fleet shares")
    static let run = "run-1"

    private(set) var machine: CoordinatorMachine
    private(set) var now: FleetTime = 1_700_000_000_000_000
    /// What each connection was sent, line by line.
    private(set) var told: [ConnectionID: [Message]] = [:]
    /// In the order of closing.
    private(set) var closed: [ConnectionID] = []
    private(set) var logs: [LogLine] = []
    private(set) var committed = CommitBatch()
    /// Whether the store answers.
    var commits = true
    /// Whether the store answers that it is busy.
    var isStoreBusy = false
    /// Batches that the store was handed, the same one again included.
    private(set) var handedOver = 0
    private(set) var outcome: RunOutcome?
    private var nonces: [ConnectionID: Nonce] = [:]

    /// The rows that the shell was told to send.
    private(set) var deliveries: [RowDelivery] = []

    init(
        limits: CoordinatorLimits = CoordinatorLimits(),
        plan: Plan? = nil,
        rowSets: [RowSet] = [],
        recovered: RecoveredRun? = nil
    ) {
        let stage = Stage(name: "s", agents: 1, rampMicros: 0, warmupMicros: 0, holdMicros: 3_600_000_000)
        var configuration = CoordinatorConfiguration(
            run: Self.run,
            name: "bench",
            clock: "bench",
            plan: plan ?? Plan(stages: [stage]),
            seed: 1,
            scenario: [:],
            expectedWorkers: 1,
            token: Self.token,
            authenticator: Self.authenticator
        )
        configuration.limits = limits
        configuration.rowSets = rowSets
        machine = CoordinatorMachine(configuration, recovered: recovered)
        handle(.started)
    }

    /// Not a MAC, but different for every key and message.
    static let authenticator: Authenticator = { key, message in
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key + [0] + message { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(8 * $0)) }
    }

    /// Connections that the machine keeps.
    var open: [ConnectionID] { nonces.keys.filter { !closed.contains($0) }.sorted() }

    mutating func connect(_ id: ConnectionID, from address: String = "192.0.2.1") {
        let nonce = Nonce((0..<32).map { UInt8(truncatingIfNeeded: UInt64($0) &* 31 &+ id &* 7) })
        nonces[id] = nonce
        handle(.connected(id, peer: "\(address):\(id)", nonce: nonce))
    }

    mutating func say(_ id: ConnectionID, _ bytes: [UInt8]) {
        handle(.received(id, bytes))
    }

    mutating func say(_ id: ConnectionID, _ text: String) {
        say(id, Array(text.utf8))
    }

    /// Something happens that is no peer's doing.
    mutating func tell(_ event: CoordinatorMachine.Event) {
        handle(event)
    }

    /// A connection ends; `reason` is why it broke.
    mutating func end(_ id: ConnectionID, reason: String? = nil) {
        handle(.disconnected(id, reason: reason))
    }

    /// Time passes, with the timer's ringing.
    mutating func wait(seconds: Double) {
        let end = now + Micros(Int64(seconds * 1_000_000))
        while let wake = machine.nextWake, wake <= end {
            now = max(now, wake)
            handle(.timer)
        }
        now = end
    }

    /// The process does not run for a while, and then goes on.
    mutating func sleep(seconds: Double) {
        now = now + Micros(Int64(seconds * 1_000_000))
        handle(.timer)
    }

    /// A window of a second of the run in which one agent was at work.
    static func window(_ seq: Int64) -> Window {
        Window(
            run: Self.run,
            seq: seq,
            stage: 0,
            revision: 1,
            phase: .hold,
            startMicros: seq * 1_000_000,
            endMicros: (seq + 1) * 1_000_000,
            assigned: 1,
            active: 1
        )
    }

    /// A worker of its own, without a token.
    static func worker(once: Bool = false) -> WorkerMachine {
        WorkerMachine(
            WorkerConfiguration(
                worker: "w",
                name: "w",
                software: "1",
                capacity: Capacity(cpus: 1, memoryBytes: 1),
                token: [],
                authenticator: authenticator,
                once: once,
                jitterSeed: 1
            )
        )
    }

    /// The `hello` that is right for a connection.
    func hello(_ id: ConnectionID, worker: String = "w-1", token: Secret = token, minor: Int = 0) -> Hello {
        let helloNonce = Nonce([UInt8](repeating: 9, count: 32))
        return Hello(
            version: ProtocolVersion(major: 1, minor: minor),
            worker: worker,
            name: worker,
            software: "1.0.0",
            nonce: helloNonce,
            proof: HandshakeProof.worker(
                token: token,
                greetNonce: nonces[id] ?? helloNonce,
                helloNonce: helloNonce,
                worker: worker,
                authenticator: Self.authenticator
            ),
            capacity: Capacity(cpus: 1, memoryBytes: 1)
        )
    }

    /// The code of the last error that a connection was told.
    func fault(_ id: ConnectionID) -> ApeError.Code? {
        guard case .error(let fault) = told[id]?.last else { return nil }
        return fault.code
    }

    private mutating func handle(_ event: CoordinatorMachine.Event) {
        for action in machine.handle(event, at: now) {
            switch action {
            case .send(let id, let line): hear(id, line)
            case .close(let id, let last):
                if !last.isEmpty { hear(id, last) }
                closed.append(id)
            case .commit(let batch):
                handedOver += 1
                guard !isStoreBusy else {
                    handle(.commitDelayed("locked"))
                    continue
                }
                committed.windows += batch.windows
                committed.facts += batch.facts
                if commits { handle(.committed) }
            case .sendRows(_, let delivery): deliveries.append(delivery)
            case .log(let line): logs.append(line)
            case .finished(let outcome): self.outcome = outcome
            case .progress: break
            }
        }
    }

    private mutating func hear(_ id: ConnectionID, _ line: [UInt8]) {
        if let message = try? Message(line: Array(line.dropLast())) { told[id, default: []].append(message) }
    }
}

extension FleetBench {
    /// A run with one worker, some seconds into its first stage; without a plan one of an hour.
    static func running(_ plan: Plan? = nil, minor: Int = 0) throws -> FleetBench {
        var bench = FleetBench(plan: plan)
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1, minor: minor)).text)
        for _ in 0..<4 {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
        bench.say(1, Message.prepared(Prepared(run: FleetBench.run)).text)
        bench.wait(seconds: 4)
        try #require(bench.schedules.count == 1)
        return bench
    }

    /// Answers all pings that a connection was sent so far.
    mutating func answerPings(_ id: ConnectionID) {
        for case .ping(let ping) in told[id] ?? [] {
            let pong = Pong(id: ping.id, sent: ping.sent, local: LocalTime(micros: now.micros))
            say(id, Message.pong(pong).text)
        }
    }

    /// The stages that were scheduled, in order.
    var schedules: [StageSchedule] {
        committed.facts.compactMap { fact in
            if case .stage(let schedule) = fact.kind { schedule } else { nil }
        }
    }

    /// The outcomes that the run was to end with.
    var endings: [String] {
        committed.facts.compactMap { fact in
            if case .ending(let outcome, _) = fact.kind { outcome } else { nil }
        }
    }
}

extension Message {
    var text: String { String(decoding: line, as: UTF8.self) }
}

extension FleetBench {
    /// What the first connection was told to run, in order.
    var assignments: [Assign] {
        (told[1] ?? []).compactMap { message in
            if case .assign(let assign) = message { assign } else { nil }
        }
    }
}
