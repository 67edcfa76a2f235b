import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeWire

/// A coordinator's machine and its run's account under the windows of a whole fleet: workers that do nothing but what the
/// contract asks for, on a virtual clock.
struct CoordinatorLoad {
    /// Series of a usual window, and buckets of each.
    static let (series, buckets) = (20, 40)

    private var machine: CoordinatorMachine
    private var now = FleetTime(micros: 1_700_000_000_000_000)
    private let workers: Int
    private var seqs: [Int64]
    /// The bytes of the windows that were fed in.
    private(set) var windowBytes = 0
    /// The windows that the account has.
    private(set) var counted = 0
    private var ledger: RunLedger
    private var timeline = LiveTimeline()
    private let run: String
    /// What a window's line has behind its times; the same for all.
    private let measurements: [UInt8]

    /// A fleet that has joined, got ready, and been given its agents.
    init(workers: Int) {
        self.workers = workers
        seqs = [Int64](repeating: 0, count: workers)
        let window = Self.usualWindow()
        run = window.run
        measurements = Self.measurements(window)
        let stage = Stage(
            name: "load",
            agents: workers * 10,
            rampMicros: 0,
            warmupMicros: 0,
            holdMicros: 3_600_000_000
        )
        ledger = RunLedger(plan: Plan(stages: [stage]))
        machine = CoordinatorMachine(
            CoordinatorConfiguration(
                run: window.run,
                name: "load",
                clock: "load",
                plan: ledger.plan,
                seed: 1,
                scenario: [:],
                expectedWorkers: workers,
                token: [],
                authenticator: Self.authenticator
            )
        )
        handle(.started)
        for index in 0..<workers { join(index) }
        for _ in 0..<5 { beat() }
    }

    /// A code that depends on key and message, and costs nothing.
    private static let authenticator: Authenticator = { key, message in
        [UInt8(truncatingIfNeeded: (key + message).reduce(0) { $0 &+ Int($1) })]
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
            while histogram.buckets.count < buckets {
                histogram.record(Int64.random(in: 1_000...2_000_000, using: &random))
            }
            window.series[SeriesName.target(route: "GET /api/\(route)")] = histogram
        }
        return window
    }

    private static func measurements(_ window: Window) -> [UInt8] {
        let line = String(decoding: Message.window(window).line, as: UTF8.self)
        let begin = line.firstRange(of: #","agents""#)?.lowerBound ?? line.startIndex
        return Array(line[begin...].utf8)
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
                authenticator: Self.authenticator
            ),
            capacity: Capacity(cpus: 4, memoryBytes: 1 << 33)
        )
        handle(.connected(id, peer: worker, nonce: greetNonce))
        handle(.received(id, Message.hello(hello).line))
        handle(.received(id, Message.prepared(Prepared(run: run)).line))
    }

    private mutating func handle(_ event: CoordinatorMachine.Event) {
        for case .commit(let batch) in machine.handle(event, at: now) {
            for fact in batch.facts {
                _ = ledger.add(fact)
                if case .stage = fact.kind { timeline.follow(ledger) }
            }
            for stored in batch.windows {
                ledger.add(stored)
                timeline.add(worker: stored.worker, window: stored.window)
            }
            counted += batch.windows.count
            handle(.committed)
        }
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

    /// The lines of one second's windows, which a fleet would send: they cost next to nothing here.
    mutating func lines() -> [[UInt8]] {
        let start = now.secondFloor.micros
        return seqs.indices.map { index in
            seqs[index] += 1
            return Self.head(run: run, seq: seqs[index], startMicros: start) + measurements
        }
    }

    private static func head(run: String, seq: Int64, startMicros: Int64) -> [UInt8] {
        let place = #""stage":0,"revision":1,"phase":"hold""#
        let times = #""start_us":\#(startMicros),"end_us":\#(startMicros + 1_000_000)"#
        return Array(#"{"type":"window","run":"\#(run)","seq":\#(seq),\#(place),\#(times)"#.utf8)
    }

    /// One second of the fleet, with these windows.
    mutating func second(_ lines: [[UInt8]]) {
        beat()
        for (index, line) in lines.enumerated() {
            windowBytes += line.count
            handle(.received(ConnectionID(index + 1), line))
        }
    }

    /// Takes in what has come last.
    mutating func settle() {
        beat()
    }
}
