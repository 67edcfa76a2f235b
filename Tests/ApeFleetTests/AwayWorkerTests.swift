import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// Workers whose connection is gone and whose lease may go on: they keep what they have, and get nothing more.
struct AwayWorkerTests {
    @Test func agentsOfALeaverGoToWorkersThatAreThere() throws {
        var fleet = AwayFleet(agents: 9, limits: [nil, nil, nil])
        #expect(fleet.granted == ["w-1": 3, "w-2": 3, "w-3": 3])
        fleet.bench.end(2)
        fleet.leave(3)
        fleet.live(seconds: 2)
        #expect(fleet.granted["w-1"] == 6)
        #expect(fleet.granted["w-2"] == 3)
        #expect(fleet.moved.last == ["w-1": 3])
        // Back, it is given its share of them.
        fleet.comeBack(2)
        fleet.live(seconds: 4)
        #expect(fleet.granted["w-1"] == 5)
        #expect(fleet.granted["w-2"] == 4)
    }

    @Test func agentsOfALostWorkerGoToTheOthers() throws {
        var fleet = AwayFleet(agents: 9, limits: [nil, nil, nil])
        fleet.bench.end(2)
        fleet.live(seconds: 10)
        #expect(fleet.granted == ["w-1": 3, "w-2": 3, "w-3": 3])
        fleet.live(seconds: 15)
        #expect(fleet.granted["w-1"] == 5)
        #expect(fleet.granted["w-3"] == 4)
    }

    @Test func aStageThatStartsMeanwhileHasAllItsAgents() throws {
        var fleet = AwayFleet(agents: 4, limits: [nil, nil])
        fleet.bench.end(2)
        fleet.bench.tell(.rescale(12))
        fleet.live(seconds: 2)
        #expect(fleet.bench.schedules.last?.fittingAgents == 12)
        #expect(fleet.granted == ["w-1": 10, "w-2": 2])
        #expect(fleet.roomless.isEmpty)
        fleet.comeBack(2)
        fleet.live(seconds: 4)
        #expect(fleet.granted == ["w-1": 6, "w-2": 6])
    }

    @Test func agentsForWhichNobodyElseHasRoomWait() throws {
        var fleet = AwayFleet(agents: 6, limits: [4, 8])
        #expect(fleet.granted == ["w-1": 2, "w-2": 4])
        fleet.bench.end(2)
        fleet.bench.tell(.rescale(12))
        fleet.live(seconds: 2)
        #expect(fleet.bench.schedules.last?.fittingAgents == 12)
        #expect(fleet.granted == ["w-1": 4, "w-2": 4])
        #expect(fleet.roomless == ["4"])
        fleet.comeBack(2)
        fleet.live(seconds: 2)
        #expect(fleet.granted == ["w-1": 4, "w-2": 8])
    }

    @Test func aWorkerThatIsAwayOverAPauseKeepsWhatItMayRun() throws {
        var fleet = AwayFleet(agents: 6, limits: [nil, nil])
        fleet.bench.end(2)
        fleet.bench.tell(.paused)
        fleet.live(seconds: 2)
        fleet.bench.tell(.continued)
        fleet.live(seconds: 2)
        #expect(fleet.granted == ["w-1": 3, "w-2": 3])
    }

    /// Workers reach a coordinator that takes up a run one after the other: the first is not given everybody's agents.
    @Test(arguments: [(false, ["w-1": 6, "w-2": 6]), (true, ["w-1": 10, "w-2": 2])])
    func aCoordinatorThatTakesUpARunWaitsForItsWorkers(isAway: Bool, granted: [String: Int]) throws {
        var fleet = AwayFleet(agents: 4, limits: [nil, nil])
        if isAway { fleet.bench.end(2) }
        fleet.live(seconds: 2)
        let run = RecoveredRun(facts: fleet.bench.committed.facts)
        var machine = CoordinatorMachine(fleet.bench.machine.configuration, recovered: run)
        var facts: [FleetFact] = []
        for quarter in 1..<12 {
            let event: CoordinatorMachine.Event = quarter == 1 ? .started : quarter == 2 ? .rescale(12) : .timer
            let now = fleet.bench.now + .milliseconds(Int64(quarter) * 250)
            for case .commit(let batch) in machine.handle(event, at: now) {
                facts += batch.facts
                _ = machine.handle(.committed, at: now)
            }
        }
        let last = facts.compactMap { if case .granted(let grant) = $0.kind { grant } else { nil } }.last
        #expect(last?.agents.mapValues(\.count) == granted)
    }
}

/// A run of an open stage with some workers that answer, each on the connection of its number.
private struct AwayFleet {
    var bench: FleetBench
    private var connections: [ConnectionID: String] = [:]

    init(agents: Int, limits: [Int?]) {
        bench = FleetBench(plan: Plan(stages: [.open(agents: agents, number: 1)]))
        for (index, limit) in limits.enumerated() { join(ConnectionID(index + 1), "w-\(index + 1)", limit) }
        live(seconds: 4)
        // The run begins with the last of them that is ready.
        for id in connections.keys.sorted().reversed() {
            bench.say(id, Message.prepared(Prepared(run: FleetBench.run)).text)
        }
        live(seconds: 6)
    }

    private mutating func join(_ id: ConnectionID, _ worker: String, _ limit: Int?, resume: Hello.Resume? = nil) {
        bench.connect(id)
        var hello = bench.hello(id, worker: worker)
        hello.capacity.maxAgents = limit
        hello.resume = resume
        bench.say(id, Message.hello(hello).text)
        connections[id] = worker
    }

    /// Time passes for workers that answer.
    mutating func live(seconds: Int) {
        for _ in 0..<seconds * 2 {
            for id in connections.keys.sorted() where !bench.closed.contains(id) {
                answerLatestPing(id)
                guard case .assign(let assign)? = bench.told[id]?.last(where: { $0.type == "assign" }) else { continue }
                bench.say(id, Message.assigned(Assigned(run: FleetBench.run, revision: assign.revision)).text)
            }
            bench.wait(seconds: 0.5)
        }
    }

    private mutating func answerLatestPing(_ id: ConnectionID) {
        guard case .ping(let ping)? = bench.told[id]?.last(where: { $0.type == "ping" }) else { return }
        let pong = Pong(id: ping.id, sent: ping.sent, local: LocalTime(micros: bench.now.micros))
        bench.say(id, Message.pong(pong).text)
    }

    mutating func leave(_ id: ConnectionID) {
        bench.say(id, Message.leave(Leave(reason: "SIGTERM")).text)
        bench.say(id, Message.stopped(Stopped(run: FleetBench.run, lastSeq: 0)).text)
    }

    /// A worker has another connection, with the run that it is in.
    mutating func comeBack(_ id: ConnectionID) {
        guard let worker = connections.removeValue(forKey: id) else { return }
        let limit = bench.machine.members.first { $0.worker == worker }?.capacity.maxAgents
        join(id + 10, worker, limit, resume: Hello.Resume(run: FleetBench.run, lastSeq: 0))
        bench.say(id + 10, Message.prepared(Prepared(run: FleetBench.run)).text)
    }

    /// How many agents each worker was given last.
    var granted: [String: Int] {
        var granted: [String: Int] = [:]
        for case .granted(let grant) in bench.committed.facts.map(\.kind) {
            granted.merge(grant.agents.mapValues(\.count)) { $1 }
        }
        return granted
    }

    /// To whom agents went that no worker ran.
    var moved: [[String: Int]] {
        bench.committed.facts.compactMap { if case .moved(let move) = $0.kind { move.to } else { nil } }
    }

    /// What was logged of agents that wait for a worker that is away.
    var roomless: [String] {
        bench.logs.filter { $0.message.contains("no other has room") }.compactMap { $0.metadata["agents"] }
    }
}
