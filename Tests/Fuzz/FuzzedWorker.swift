import ApeCore
import ApeMetrics
import ApeWire

@testable import ApeFleet
@testable import ApeWorker

/// A worker in a run, whose coordinator may say anything.
struct FuzzedWorker {
    private let lines: [[UInt8]]
    private var machine: WorkerMachine
    private var now = LocalTime(micros: 5_000_000)

    init(_ bytes: [UInt8]) {
        lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
        machine = WorkerMachine(
            ApeFleet.WorkerConfiguration(
                worker: "w",
                name: "w",
                software: "1",
                capacity: Capacity(cpus: 1, memoryBytes: 1),
                token: [],
                authenticator: { _, _ in [7] },
                jitterSeed: 1
            )
        )
    }

    /// Every line that the worker says can be read, and it never waits for a moment that has no number.
    func check() throws(BrokenProperty) {
        var worker = self
        try worker.handle(.started)
        var id: ConnectionID = 1
        for (index, line) in lines.enumerated() {
            if worker.machine.connection == nil {
                worker.now = worker.now + .seconds(20)
                try worker.handle(.timer)
                id += 1
                try worker.shakeHands(id)
            }
            // Between two lines may lie anything from nothing to a day.
            worker.now = worker.now + Micros(Int64(index % 7) * Int64(index % 7) * 300_000)
            try worker.handle(.received(id, line))
            try worker.handle(.timer)
        }
        try worker.handle(.leaveRequested(reason: "SIGTERM"))
        worker.now = worker.now + .seconds(86_400)
        try worker.handle(.timer)
    }

    private mutating func shakeHands(_ id: ConnectionID) throws(BrokenProperty) {
        let nonce = Nonce([UInt8](repeating: 1, count: Nonce.bytes))
        let greet = Greet(version: .current, coordinator: "c", nonce: nonce)
        let welcome = Welcome(
            proof: "07",
            now: FleetTime(micros: FuzzedRun.start),
            heartbeat: .second,
            lease: .seconds(10)
        )
        try handle(.connected(id, nonce: nonce))
        for message in [Message.greet(greet), .welcome(welcome)] { try handle(.received(id, message.line)) }
    }

    private mutating func handle(_ event: WorkerMachine.Event) throws(BrokenProperty) {
        var events = [event]
        var steps = 0
        while !events.isEmpty {
            let next = events.removeFirst()
            steps += 1
            guard steps < 1_000 else { throw BrokenProperty("the worker turns on the spot") }
            for action in machine.handle(next, at: now) { try perform(action, &events) }
        }
        if let wake = machine.nextWake, wake == .distantPast { throw BrokenProperty("a wake-up before all time") }
    }

    private mutating func perform(
        _ action: WorkerMachine.Action,
        _ events: inout [WorkerMachine.Event]
    ) throws(BrokenProperty) {
        switch action {
        case .send(_, let bytes):
            let message = try? Message(line: Array(bytes.dropLast()))
            if case .unreadable(let window) = message {
                throw BrokenProperty("a window cannot be read: \(window.reason)")
            }
            guard message != nil else { throw BrokenProperty(String(decoding: bytes, as: UTF8.self)) }
        case .prepare(let prepare): events.append(.prepared(run: prepare.run))
        case .apply(let assignment):
            let start = assignment.start.micros
            let end = max(start, start.addingClamped(assignment.timeline.ramp.micros))
            let schedule = StartSchedule(rampMicros: start..<end, fleetAgents: assignment.fleetAgents)
            for agent in [
                assignment.agents.ranges.first?.lowerBound ?? 0, assignment.agents.ranges.last?.upperBound ?? 0,
            ] {
                let at = schedule.start(of: agent, index: 3, of: 7, nowMicros: now.micros)
                guard at >= min(start, now.micros) else { throw BrokenProperty("an agent starts too soon") }
            }
            _ = assignment.revision * (1 << 20) + 1
            events.append(.settled(revision: assignment.revision))
        case .cutWindow(let stamp):
            var cut = WindowCut()
            (cut.lengthMicros, cut.active) = (1_000_000, stamp.assigned)
            events.append(.tally(stamp, cut, HostSample()))
        case .stopAgents, .cancelAgents: events.append(.drained)
        case .connect, .close, .foresee, .stock, .beginPhase, .giveUp, .endRun, .exit, .log: break
        }
    }
}
