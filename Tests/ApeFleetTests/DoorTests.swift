import ApeCore
import ApeMetrics
import ApeWire
import Testing

@testable import ApeFleet

private let deep = String(repeating: "[", count: 100_000)

@Suite("The coordinator's doors")
struct DoorTests {
    @Test("Of more than 64 strangers the oldest is sent away, at once and with the reason")
    func manyStrangers() {
        var house = Gatehouse()
        for id in 1...1000 { house.connect(ConnectionID(id)) }
        #expect(house.open == (937...1000).map { ConnectionID($0) })
        #expect(house.closed == (1...936).map { ConnectionID($0) })
        #expect((1...936).allSatisfy { house.fault(ConnectionID($0)) == .overloaded })
    }

    @Test("Who has proven itself is no stranger, however many knock after it")
    func membersStay() {
        var house = Gatehouse()
        house.connect(1)
        house.say(1, Message.hello(house.hello(1)).line)
        for id in 2...200 { house.connect(ConnectionID(id)) }
        #expect(house.open.contains(1))
        #expect(house.told[1]?.contains { $0.type == "welcome" } == true)
    }

    @Test("A byte now and then buys no stranger more than its 5 seconds, and a heartbeat")
    func slowLoris() {
        var house = Gatehouse()
        house.connect(1)
        for _ in 0..<9 {
            house.say(1, "{")
            house.wait(seconds: 0.5)
        }
        #expect(house.closed.isEmpty)
        for _ in 0..<4 {
            house.say(1, " ")
            house.wait(seconds: 0.5)
        }
        #expect(house.closed == [1])
        #expect(house.fault(1) == .handshakeTimeout)
    }

    @Test("A stranger has one line of 4 KiB", arguments: [4096, 4097])
    func longLine(length: Int) {
        var house = Gatehouse()
        house.connect(1)
        house.say(1, [UInt8](repeating: 0x20, count: length))
        #expect(house.fault(1) == (length > 4096 ? .lineTooLong : nil))
    }

    private static let refusedOfStrangers: [(line: String, code: Fault.Code)] = [
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

    @Test("What a stranger may not say ends its connection with the reason", arguments: refusedOfStrangers)
    func strangeLines(line: String, code: Fault.Code) {
        var house = Gatehouse()
        house.connect(1)
        house.say(1, line)
        #expect(house.fault(1) == code)
        #expect(house.closed == [1])
        house.say(1, Message.hello(house.hello(1)).line)
        #expect(house.fault(1) == code, "a closed door stays closed")
    }

    @Test("A proof is good for its own connection, token and worker alone")
    func proofs() {
        var house = Gatehouse()
        for id in 1...4 { house.connect(ConnectionID(id)) }
        let good = house.hello(1)
        house.say(2, Message.hello(good).line)
        #expect(house.fault(2) == .authFailed, "a hello that was overheard elsewhere")
        house.say(3, Message.hello(house.hello(3, token: Array("another token of a fleet".utf8))).line)
        #expect(house.fault(3) == .authFailed)
        var renamed = house.hello(4)
        renamed.worker = "w-2"
        house.say(4, Message.hello(renamed).line)
        #expect(house.fault(4) == .authFailed)
        house.say(1, Message.hello(good).line)
        #expect(house.closed == [2, 3, 4])
        let greets = (1...4).compactMap { id -> Nonce? in
            guard case .greet(let greet) = house.told[ConnectionID(id)]?.first else { return nil }
            return greet.nonce
        }
        #expect(Set(greets).count == 4)
    }

    @Test("Another major version is refused by a message that names both; another minor one is not")
    func versions() {
        var house = Gatehouse()
        house.connect(1)
        var old = house.hello(1)
        old.version = ProtocolVersion(major: 2, minor: 5)
        house.say(1, Message.hello(old).line)
        guard case .error(let fault) = house.told[1]?.last else { return #expect(Bool(false), "no error came") }
        #expect(fault.code == .versionMismatch)
        #expect(fault.message.contains("APE/2.5") && fault.message.contains("APE/1.0"))
        house.connect(2)
        house.say(2, Message.hello(house.hello(2, minor: 7)).line)
        #expect(house.closed == [1])
    }

    @Test("What came in one read with hello is read under the member's limit")
    func oneRead() {
        var house = Gatehouse()
        house.connect(1)
        let long = #"{"type":"prepared","run":"run-1","more":""# + String(repeating: "x", count: 9000) + "\"}\n"
        house.say(1, Message.hello(house.hello(1)).line + Array(long.utf8))
        #expect(house.closed.isEmpty)
        house.say(1, [UInt8](repeating: 0x20, count: WireLimit.lineBytes + 1))
        #expect(house.fault(1) == .lineTooLong)
    }

    @Test("A flood of strangers is logged ten times a second and told in the facts a hundred times")
    func logs() {
        var house = Gatehouse()
        for id in 1...2000 {
            house.connect(ConnectionID(id))
            house.say(ConnectionID(id), "x\n")
        }
        #expect(house.logs.count { $0.message == "A connection was turned away" } == 10)
        house.wait(seconds: 2)
        let more = house.logs.first { $0.message == "More connections were turned away" }
        #expect(more?.metadata["connections"] == "1990")
        #expect(house.committed.facts.count { if case .turnedAway = $0.kind { true } else { false } } == 100)
    }
}

@Suite("What a worker with the token may do to the coordinator")
struct MemberLimitTests {
    private func member(of house: inout Gatehouse, _ id: ConnectionID, worker: String = "w-1") {
        house.connect(id)
        house.say(id, Message.hello(house.hello(id, worker: worker)).line)
    }

    @Test("A run takes so many workers and no more")
    func members() {
        var limits = CoordinatorLimits()
        limits.members = 3
        var house = Gatehouse(limits: limits)
        for id in 1...4 { member(of: &house, ConnectionID(id), worker: "w-\(id)") }
        #expect(house.fault(4) == .overloaded)
        #expect(house.open == [1, 2, 3])
    }

    @Test("An identifier that is in use is refused, the worker that has it stays")
    func duplicates() {
        var house = Gatehouse()
        member(of: &house, 1)
        member(of: &house, 2)
        #expect(house.fault(2) == .duplicateWorker)
        #expect(house.open == [1])
    }

    @Test("Events beyond the contract's are dropped")
    func events() {
        var house = Gatehouse()
        member(of: &house, 1)
        let event = WorkerEvent(run: Gatehouse.run, level: .error, code: "c", message: "m")
        for _ in 0..<1000 { house.say(1, Message.event(event).line) }
        house.wait(seconds: 2)
        #expect(house.committed.facts.count { if case .event = $0.kind { true } else { false } } == 20)
    }

    @Test("Windows that wait for a store that does not answer are bounded by their bytes")
    func waitingBytes() {
        var limits = CoordinatorLimits()
        limits.waitingBytes = 10_000
        var house = Gatehouse(limits: limits)
        house.commits = false
        member(of: &house, 1)
        house.wait(seconds: 1)
        var seq: Int64 = 0
        while house.closed.isEmpty, seq < 1000 {
            seq += 1
            var window = Window(
                run: Gatehouse.run,
                seq: seq,
                stage: 0,
                revision: 1,
                phase: .hold,
                startMicros: seq * 1_000_000,
                endMicros: (seq + 1) * 1_000_000,
                assigned: 1,
                active: 1
            )
            window.counters = [.decisions: 1]
            house.say(1, Message.window(window).line)
        }
        #expect(house.fault(1) == .overloaded)
        #expect((20...100).contains(seq), "\(seq) windows were taken")
    }

    private static let refusedOfWorkers: [(line: String, code: Fault.Code)] = [
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
    func hostileLines(line: String, code: Fault.Code) {
        var house = Gatehouse()
        member(of: &house, 1)
        house.say(1, line + "\n")
        #expect(house.fault(1) == code)
        #expect(house.closed == [1])
    }

    @Test("A type that nobody knows is answered, and the worker stays")
    func unknownType() {
        var house = Gatehouse()
        member(of: &house, 1)
        house.say(1, #"{"type":"dance"}"# + "\n")
        #expect(house.fault(1) == .unknownType)
        #expect(house.closed.isEmpty)
    }
}
