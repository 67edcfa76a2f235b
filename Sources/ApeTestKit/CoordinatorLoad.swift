import ApeCore
import ApeFleet
import ApeMetrics
import ApeWire

/// A coordinator's machine under the windows of a whole fleet, to see what they cost it: workers that do nothing but
/// what the contract asks for, on a virtual clock.
package struct CoordinatorLoad {
    /// Series of a usual window, and buckets of each.
    static let (series, buckets) = (20, 40)

    private var machine: CoordinatorMachine
    private var now = FleetTime(micros: 1_700_000_000_000_000)
    private let workers: Int
    private var seqs: [Int64]
    /// The bytes of the windows that were fed in.
    package private(set) var windowBytes = 0
    package private(set) var acks = 0
    private let window: Window

    /// A fleet that has joined, got ready, and been given its agents.
    package init(workers: Int) {
        self.workers = workers
        seqs = [Int64](repeating: 0, count: workers)
        window = Self.usualWindow()
        let stage = Stage(
            name: "load",
            agents: workers * 10,
            rampMicros: 0,
            warmupMicros: 0,
            holdMicros: 3_600_000_000
        )
        machine = CoordinatorMachine(
            CoordinatorConfiguration(
                run: window.run,
                name: "load",
                clock: "load",
                plan: Plan(stages: [stage]),
                seed: 1,
                scenario: [:],
                expectedWorkers: workers,
                token: [],
                authenticator: SimulatedAuthenticator.code
            )
        )
        handle(.started)
        for index in 0..<workers { join(index) }
        for _ in 0..<5 { beat() }
    }

    private static func usualWindow() -> Window {
        var random = SeededRandom(seed: 1)
        var window = Window(
            run: "run-1",
            seq: 1,
            stage: 0,
            revision: 1,
            phase: .hold,
            startMicros: 0,
            endMicros: 1,
            assigned: 10,
            active: 10
        )
        window.counters = [
            .actions(.successful): 40, .decisions: 40, .sessionsStarted: 4, .tokensIn: 9000, .tokensOut: 900,
        ]
        for route in 0..<series {
            var histogram = Histogram()
            while histogram.sortedBuckets.count < buckets {
                histogram.record(Int64.random(in: 1_000...2_000_000, using: &random))
            }
            window.series[SeriesName.target(route: "GET /api/\(route)")] = histogram
        }
        return window
    }

    private mutating func join(_ index: Int) {
        let (greetNonce, helloNonce) = (
            Nonce([UInt8](repeating: 1, count: 32)), Nonce([UInt8](repeating: 2, count: 32))
        )
        let id = ConnectionID(index + 1)
        let worker = "worker-\(index)"
        let hello = Hello(
            version: .current,
            worker: worker,
            name: worker,
            software: "1.0.0",
            nonce: helloNonce,
            proof: HandshakeProof.worker(
                token: [],
                greetNonce: greetNonce,
                helloNonce: helloNonce,
                worker: worker,
                authenticator: SimulatedAuthenticator.code
            ),
            capacity: Capacity(cpus: 4, memoryBytes: 1 << 33)
        )
        handle(.connected(id, peer: worker, nonce: greetNonce))
        handle(.received(id, Message.hello(hello).line))
        handle(.received(id, Message.prepared(Prepared(run: window.run)).line))
    }

    private mutating func handle(_ event: CoordinatorMachine.Event) {
        var isCommitting = false
        for action in machine.handle(event, at: now) {
            if case .commit = action { isCommitting = true }
            if case .send = action { acks += 1 }
        }
        if isCommitting { handle(.committed) }
    }

    /// One second without windows: pings and pongs.
    private mutating func beat() {
        now = now + .second
        handle(.timer)
        for index in 0..<workers {
            let pong = Pong(id: 1, sent: now, local: LocalTime(micros: now.micros))
            handle(.received(ConnectionID(index + 1), Message.pong(pong).line))
        }
    }

    /// The lines of one second's windows, which a fleet would send.
    package mutating func lines() -> [[UInt8]] {
        (0..<workers).map { index in
            seqs[index] += 1
            var window = window
            window.seq = seqs[index]
            window.startMicros = now.secondFloor.micros
            window.endMicros = window.startMicros + 1_000_000
            return Message.window(window).line
        }
    }

    /// Reads the lines and nothing more.
    package static func decode(_ lines: [[UInt8]]) {
        var codec = LineCodec(limitBytes: WireLimit.lineBytes)
        for line in lines {
            codec.append(line)
            while let message = try? codec.next() { precondition(message.type == "window") }
        }
    }

    /// One second of the fleet, with these windows.
    package mutating func second(_ lines: [[UInt8]]) {
        beat()
        for (index, line) in lines.enumerated() {
            windowBytes += line.count
            handle(.received(ConnectionID(index + 1), line))
        }
    }
}
