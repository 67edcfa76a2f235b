import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// A worker follows the clock of the coordinator that it serves now, whatever the one before said.
struct FleetClockTests {
    private static let nonce = Nonce([UInt8](repeating: 7, count: Nonce.bytes))
    private static let hour: Int64 = 3_600_000_000

    private var machine = FleetBench.worker()
    private var connection: ConnectionID = 0
    private var now: LocalTime = 10_000_000
    private var actions: [WorkerMachine.Action] = []

    init() {
        handle(.started)
    }

    @Test(arguments: [3_600_000_000, 5_000_000, -5_000_000] as [Int64])
    mutating func aNewRunMeasuresByItsOwnClock(ahead: Int64) throws {
        welcome(clock: "first", fleetAhead: ahead)
        run("a")
        #expect(fleetNow - ahead == now.micros)
        for _ in 0..<20 { ping(fleetAhead: ahead) }
        welcome(clock: "second", fleetAhead: 0)
        run("b")
        #expect(fleetNow == now.micros)
        ping(fleetAhead: 0)
        #expect(fleetNow == now.micros)
    }

    /// A foreign coordinator may not name its clock.
    @Test mutating func aClockWithoutANameIsTakenForAnother() {
        welcome(clock: nil, fleetAhead: Self.hour)
        run("a")
        welcome(clock: nil, fleetAhead: 0)
        run("b")
        #expect(fleetNow == now.micros)
    }

    @Test mutating func inOneRunTimeNeverRunsBackwards() {
        welcome(clock: "first", fleetAhead: 5_000_000)
        run("a")
        let before = fleetNow
        welcome(clock: "second", fleetAhead: 0, run: "a")
        #expect(fleetNow >= before && fleetNow > now.micros)
        pass(micros: 6_000_000)
        ping(fleetAhead: 0)
        #expect(fleetNow == now.micros)
    }

    /// What came late says nothing about a clock that is known better.
    @Test mutating func oneClockIsKnownByItsBestPing() {
        welcome(clock: "first", fleetAhead: 0)
        run("a")
        welcome(clock: "first", fleetAhead: -3_000_000, run: "a")
        #expect(fleetNow == now.micros)
    }

    @Test mutating func aProcessThatSleptPastItsLeaseSaysSo() throws {
        welcome(clock: "first", fleetAhead: 0)
        run("a")
        pass(micros: 42_000_000)
        handle(.timer)
        #expect(logs.contains { $0.message.contains("did not run for longer than its lease") })
        welcome(clock: "first", fleetAhead: 0, run: "a")
        let told = try #require(events.last)
        #expect(told.code == "process_slept" && told.run == "a" && told.level == .warning)
        #expect(told.message == "the process did not run for 42.0 s: it was stopped, or its host was suspended")
        welcome(clock: "first", fleetAhead: 0, run: "a")
        #expect(events.count { $0.code == "process_slept" } == 1, "once")
    }

    @Test mutating func aBusyProcessDidNotSleep() {
        welcome(clock: "first", fleetAhead: 0)
        run("a")
        pass(micros: 9_000_000)
        handle(.timer)
        #expect(!logs.contains { $0.message.contains("did not run") })
    }

    @Test func aCoordinatorThatSleptSaysSoInTheRun() throws {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1)).line)
        bench.sleep(seconds: 30)
        bench.wait(seconds: 2)
        let slept = bench.committed.facts.compactMap { if case .slept(let length) = $0.kind { length } else { nil } }
        let length = try #require(slept.first)
        #expect(slept.count == 1 && length >= .seconds(29) && length <= .seconds(31))
    }

    // MARK: The coordinator's side

    private var fleetNow: Int64 {
        mutating get { machine.clock.fleetTime(at: now).micros }
    }

    private var logs: [LogLine] { actions.compactMap { if case .log(let line) = $0 { line } else { nil } } }

    private var events: [WorkerEvent] {
        actions.compactMap { action in
            guard case .send(_, let line) = action, case .event(let event)? = try? Message(line: Array(line.dropLast()))
            else { return nil }
            return event
        }
    }

    private mutating func pass(micros: Int64) {
        now = LocalTime(micros: now.micros + micros)
    }

    /// Lets a coordinator greet and welcome the worker, whose connection before that ends.
    private mutating func welcome(clock: String?, fleetAhead: Int64, run: String? = nil) {
        if connection > 0 { handle(.disconnected(connection)) }
        connection += 1
        while !actions.contains(.connect) {
            now = max(now, machine.nextWake ?? now)
            handle(.timer)
        }
        actions.removeAll { $0 == .connect }
        handle(.connected(connection, nonce: Self.nonce))
        hear(.greet(Greet(version: .current, coordinator: "c", nonce: Self.nonce)))
        let proof = HandshakeProof.coordinator(
            token: [],
            greetNonce: Self.nonce,
            helloNonce: Self.nonce,
            worker: "w",
            authenticator: FleetBench.authenticator
        )
        hear(
            .welcome(
                Welcome(
                    proof: proof,
                    now: FleetTime(micros: now.micros + fleetAhead),
                    heartbeat: 1_000_000,
                    lease: 10_000_000,
                    clock: clock,
                    resume: run.map { Welcome.Resume(run: $0, ackedSeq: 0) }
                )
            )
        )
    }

    private mutating func run(_ id: String) {
        hear(.prepare(Prepare(run: id, seed: 1, scenario: [:])))
        handle(.prepared(run: id))
    }

    private mutating func ping(fleetAhead: Int64) {
        pass(micros: 1_000_000)
        hear(.ping(Ping(id: 1, sent: FleetTime(micros: now.micros + fleetAhead), heard: now)))
    }

    private mutating func hear(_ message: Message) {
        handle(.received(connection, message.line))
    }

    private mutating func handle(_ event: WorkerMachine.Event) {
        actions += machine.handle(event, at: now)
    }
}
