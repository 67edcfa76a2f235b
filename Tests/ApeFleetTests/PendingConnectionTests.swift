import ApeCore
import ApeMetrics
import ApeWire
import Testing

@testable import ApeFleet

private let deep = String(repeating: "[", count: 100_000)

@Suite("Connections that have not proven themselves")
struct PendingConnectionTests {
    @Test("Of more than 64 pending connections of an address the oldest is sent away, at once and with the reason")
    func manyStrangers() {
        var bench = FleetBench()
        for id in 1...1000 { bench.connect(ConnectionID(id)) }
        #expect(bench.open == (937...1000).map { ConnectionID($0) })
        #expect(bench.closed == (1...936).map { ConnectionID($0) })
        #expect((1...936).allSatisfy { bench.fault(ConnectionID($0)) == .overloaded })
    }

    @Test("Who opens many connections pays with their own, however many addresses they have")
    func crowd() {
        var bench = FleetBench()
        bench.connect(1, from: "198.51.100.7")
        var id: ConnectionID = 1
        for address in 1...5 {
            for _ in 1...64 {
                id += 1
                bench.connect(id, from: "192.0.2.\(address)")
            }
        }
        #expect(bench.open.count == 256)
        #expect(bench.open.contains(1), "the one that is alone stays")
        #expect(bench.closed.allSatisfy { bench.fault($0) == .overloaded })
        bench.say(1, Message.hello(bench.hello(1)).line)
        #expect(bench.told[1]?.contains { $0.type == "welcome" } == true)
    }

    @Test(
        "Connections count together by IPv4 address or IPv6 network",
        arguments: [
            ("192.0.2.1:5", "192.0.2.1"), ("[2001:db8::1]:5", "2001:db8::::/64"),
            ("[2001:DB8:0:0:9::7]:6", "2001:db8::::/64"), ("[2001:db8:0:1::1]:5", "2001:db8::1::/64"),
            ("[::1]:5", ":::::/64"), ("[::ffff:192.0.2.1]:5", "192.0.2.1"), ("[fe80::1%eth0]:5", "fe80:::::/64"),
            ("worker-3", "worker-3"), ("", ""),
        ]
    )
    func networks(peer: String, network: String) {
        #expect(PeerNetwork.of(peer) == network)
    }

    @Test("Who has proven itself is not pending, however many connect after it")
    func membersStay() {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1)).line)
        for id in 2...200 { bench.connect(ConnectionID(id)) }
        #expect(bench.open.contains(1))
        #expect(bench.told[1]?.contains { $0.type == "welcome" } == true)
    }

    @Test("A byte now and then buys no pending connection more than its 5 seconds, and a heartbeat")
    func slowLoris() {
        var bench = FleetBench()
        bench.connect(1)
        for _ in 0..<9 {
            bench.say(1, "{")
            bench.wait(seconds: 0.5)
        }
        #expect(bench.closed.isEmpty)
        for _ in 0..<4 {
            bench.say(1, " ")
            bench.wait(seconds: 0.5)
        }
        #expect(bench.closed == [1])
        #expect(bench.fault(1) == .handshakeTimeout)
    }

    @Test("A pending connection has one line of 4 KiB", arguments: [4096, 4097])
    func longLine(length: Int) {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, [UInt8](repeating: 0x20, count: length))
        #expect(bench.fault(1) == (length > 4096 ? .lineTooLong : nil))
    }

    private static let refusedBeforeProof: [(line: String, code: ApeError.Code)] = [
        ("GET / HTTP/1.1\r\n\r\n", .malformed),
        ("\n", .malformed),
        ("\u{0}\u{0}\n", .malformed),
        ("[]\n", .malformed),
        (#"{"type":"hello","worker":NaN}"# + "\n", .malformed),
        (#"{"type":"hello","type":"hello"}"# + "\n", .malformed),
        (#"{"type":"hello","protocol":1e999}"# + "\n", .malformed),
        (#"{"type":"hello","x":"# + deep.prefix(4000) + "\n", .malformed),
        (#"{"type":"pong","id":1,"sent_us":1,"local_us":1}"# + "\n", .outOfOrder),
        (#"{"type":"dance"}"# + "\n", .outOfOrder),
        (#"{"type":"prepared","run":"run-1"}"# + "\n", .outOfOrder),
    ]

    @Test("What a pending connection may not say ends its connection with the reason", arguments: refusedBeforeProof)
    func strangeLines(line: String, code: ApeError.Code) {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, line)
        #expect(bench.fault(1) == code)
        #expect(bench.closed == [1])
        bench.say(1, Message.hello(bench.hello(1)).line)
        #expect(bench.fault(1) == code, "a closed door stays closed")
    }

    @Test("A proof is good for its own connection, token and worker alone")
    func proofs() {
        var bench = FleetBench()
        for id in 1...4 { bench.connect(ConnectionID(id)) }
        let good = bench.hello(1)
        bench.say(2, Message.hello(good).line)
        #expect(bench.fault(2) == .authFailed, "a hello that was overheard elsewhere")
        bench.say(3, Message.hello(bench.hello(3, token: Secret("another token of a fleet"))).line)
        #expect(bench.fault(3) == .authFailed)
        var renamed = bench.hello(4)
        renamed.worker = "w-2"
        bench.say(4, Message.hello(renamed).line)
        #expect(bench.fault(4) == .authFailed)
        bench.say(1, Message.hello(good).line)
        #expect(bench.closed == [2, 3, 4])
        let greets = (1...4).compactMap { id -> Nonce? in
            guard case .greet(let greet) = bench.told[ConnectionID(id)]?.first else { return nil }
            return greet.nonce
        }
        #expect(Set(greets).count == 4)
    }

    @Test("Another major version is refused by a message that names both; another minor one is not")
    func versions() {
        var bench = FleetBench()
        bench.connect(1)
        var old = bench.hello(1)
        old.version = ProtocolVersion(major: 2, minor: 5)
        bench.say(1, Message.hello(old).line)
        guard case .error(let fault) = bench.told[1]?.last else { return #expect(Bool(false), "no error came") }
        #expect(fault.code == .versionMismatch)
        #expect(fault.message.contains("APE/2.5") && fault.message.contains("\(ProtocolVersion.current)"))
        bench.connect(2)
        bench.say(2, Message.hello(bench.hello(2, minor: 7)).line)
        #expect(bench.closed == [1])
    }

    @Test("What came in one read with hello is read under the member's limit")
    func oneRead() {
        var bench = FleetBench()
        bench.connect(1)
        let long = #"{"type":"prepared","run":"run-1","more":""# + String(repeating: "x", count: 9000) + "\"}\n"
        bench.say(1, Message.hello(bench.hello(1)).line + Array(long.utf8))
        #expect(bench.closed.isEmpty)
        bench.say(1, [UInt8](repeating: 0x20, count: WireLimit.lineBytes + 1))
        #expect(bench.fault(1) == .lineTooLong)
    }

    @Test("A flood of connections is logged ten times a second and told in the facts a hundred times")
    func logs() {
        var bench = FleetBench()
        for id in 1...2000 {
            bench.connect(ConnectionID(id))
            bench.say(ConnectionID(id), "x\n")
        }
        #expect(bench.logs.count { $0.message == "A connection was turned away" } == 10)
        bench.wait(seconds: 2)
        let more = bench.logs.first { $0.message == "More connections were turned away" }
        #expect(more?.metadata["connections"] == "1990")
        #expect(bench.committed.facts.count { if case .turnedAway = $0.kind { true } else { false } } == 100)
    }
}

@Suite("What a worker with the token may do to the coordinator")
struct MemberLimitTests {
    private func member(of bench: inout FleetBench, _ id: ConnectionID, worker: String = "w-1") {
        bench.connect(id)
        bench.say(id, Message.hello(bench.hello(id, worker: worker)).line)
    }

    @Test("A run takes so many workers and no more")
    func members() {
        var limits = CoordinatorLimits()
        limits.members = 3
        var bench = FleetBench(limits: limits)
        for id in 1...4 { member(of: &bench, ConnectionID(id), worker: "w-\(id)") }
        #expect(bench.fault(4) == .overloaded)
        #expect(bench.open == [1, 2, 3])
    }

    @Test("An identifier that is in use is refused, the worker that has it stays")
    func duplicates() {
        var bench = FleetBench()
        member(of: &bench, 1)
        member(of: &bench, 2)
        #expect(bench.fault(2) == .duplicateWorker)
        #expect(bench.open == [1])
    }

    @Test("Events beyond the contract's are dropped")
    func events() {
        var bench = FleetBench()
        member(of: &bench, 1)
        let event = WorkerEvent(run: FleetBench.run, level: .error, code: "c", message: "m")
        for _ in 0..<1000 { bench.say(1, Message.event(event).line) }
        bench.wait(seconds: 2)
        #expect(bench.committed.facts.count { if case .event = $0.kind { true } else { false } } == 20)
    }

    @Test("Windows that wait for a store that does not answer are bounded by their bytes")
    func waitingBytes() {
        var limits = CoordinatorLimits()
        limits.waitingBytes = 10_000
        var bench = FleetBench(limits: limits)
        bench.commits = false
        member(of: &bench, 1)
        bench.wait(seconds: 1)
        var seq: Int64 = 0
        while bench.closed.isEmpty, seq < 1000 {
            seq += 1
            var window = FleetBench.window(seq)
            window.counters = [.decisions: 1]
            bench.say(1, Message.window(window).line)
        }
        #expect(bench.fault(1) == .overloaded)
        #expect((20...100).contains(seq), "\(seq) windows were taken")
    }

    private static let refusedOfWorkers: [(line: String, code: ApeError.Code)] = [
        (#"{"type":"welcome"}"#, .malformed),
        (#"{"type":"ping","id":1,"sent_us":1}"#, .outOfOrder),
        (#"{"type":"window","run":"run-1","seq":NaN}"#, .malformed),
        (#"{"type":"window","run":"run-1","run":"run-1"}"#, .malformed),
        (#"{"type":"pong","id":1,"sent_us":1,"local_us":99999999999999999999}"#, .malformed),
        (#"{"type":"pong","id":1,"sent_us":1,"local_us":1e400}"#, .malformed),
        (#"{"type":"pong","x":"# + deep, .malformed),
        ("\u{FEFF}{}", .malformed),
    ]

    @Test("What a worker may not say ends its connection with the reason", arguments: refusedOfWorkers)
    func hostileLines(line: String, code: ApeError.Code) {
        var bench = FleetBench()
        member(of: &bench, 1)
        bench.say(1, line + "\n")
        #expect(bench.fault(1) == code)
        #expect(bench.closed == [1])
    }

    @Test("A type that nobody knows is answered, and the worker stays")
    func unknownType() {
        var bench = FleetBench()
        member(of: &bench, 1)
        bench.say(1, #"{"type":"dance"}"# + "\n")
        #expect(bench.fault(1) == .unknownType)
        #expect(bench.closed.isEmpty)
    }
}
