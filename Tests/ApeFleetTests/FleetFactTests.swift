import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

@Suite("Facts of a fleet")
struct FleetFactTests {
    private static let kinds: [FleetFact.Kind] = [
        .joined(
            worker: "w-1",
            name: "load",
            software: "1.0.0",
            peer: "[::1]:5",
            capacity: Capacity(cpus: 8, memoryBytes: 1 << 34, maxAgents: 100, labels: ["zone": "a"])
        ),
        .turnedAway(peer: "10.0.0.9:1", code: "auth_failed", message: "no"),
        .disconnected(worker: "w-1", reason: "closed"),
        .slept(42_000_000),
        .returned(worker: "w-1", after: 7),
        .lost(worker: "w-1", silent: 22_000_000),
        .leaving(worker: "w-1", reason: "SIGTERM"),
        .stopped(worker: "w-1", lastSeq: 9),
        .stopped(worker: "w-1", lastSeq: 9, taken: [TakenArrivals(agents: AgentRanges([1...3, 7...7]), until: 5)]),
        .refused(worker: "w-1", code: "target_not_allowed", message: "no"),
        .stage(
            StageSchedule(
                timeline: StageTimeline(
                    stage: 1,
                    start: 5_000_000,
                    ramp: .seconds(1),
                    warmup: .seconds(2),
                    hold: .seconds(3)
                ),
                plannedAgents: 100,
                fittingAgents: 90
            )
        ),
        .granted(
            Grant(revision: 3, stage: 1, agents: ["w-1": AgentRanges(0..<40), "w-2": AgentRanges([50...60, 70...70])])
        ),
        .granted(
            Grant(
                revision: 4,
                stage: 1,
                agents: ["w-2": AgentRanges(0..<40)],
                taken: [
                    "w-2": [
                        TakenArrivals(agents: AgentRanges([0...3]), until: 8),
                        TakenArrivals(agents: AgentRanges([2...2, 9...20]), until: 7),
                    ]
                ]
            )
        ),
        .appended(
            Stage(
                name: "more",
                agents: 5,
                rampMicros: 1,
                warmupMicros: 0,
                holdMicros: 9,
                arrivals: Arrivals(fromPerSecond: 0.5, perSecond: 7, pattern: .even)
            )
        ),
        .moved(
            AgentMove(
                from: "w-1",
                reason: .lost,
                agents: 40,
                to: ["w-2": 30, "w-3": 10],
                stoodStill: 22_400_000
            )
        ),
        .moved(AgentMove(from: "w-1", reason: .left, agents: 1, to: [:], stoodStill: 0)),
        .windowsDropped(worker: "w-1", firstSeq: 4, lastSeq: 9),
        .windowsRefused(worker: "w-1", firstSeq: 4, lastSeq: 9, reason: "window.seq is missing"),
        .event(worker: "w-1", WorkerEvent(run: "r", level: .error, code: "c", message: "m", agent: 4, traceID: "t")),
        .overBudget(worker: "w-1", .windows, count: 12),
        .overBudget(worker: "w-1", .connections, count: 1),
        .storeStalled(.seconds(7)),
        .duplicates(worker: "w-1", windows: 3),
        .rowsLeased(RowLease(worker: "w-1", set: "users.csv", goal: "buy", request: 4, rows: 100..<116)),
        .rowsUsedUp(set: "users.csv", rows: 116),
        .resumed(outage: 3),
        .ending(outcome: "interrupted", message: ""),
        .ended(outcome: "finished", message: ""),
    ]

    @Test("Every fact comes back from its JSON", arguments: kinds)
    func roundTrip(kind: FleetFact.Kind) throws {
        let fact = FleetFact(at: 1_748_779_210_000_000, kind)
        #expect(try FleetFact(json: fact.json) == fact)
    }

    @Test("What is beyond a bound is clamped, so that what is stored can be read", arguments: [Int64.max, .min])
    func clamped(number: Int64) throws {
        let long = String(repeating: "long ", count: 1_000)
        let length = Micros(number)
        let timeline = StageTimeline(
            stage: Int(number),
            start: FleetTime(micros: number),
            ramp: length,
            warmup: length,
            hold: length
        )
        let kinds: [FleetFact.Kind] = [
            .joined(
                worker: "w",
                name: long,
                software: long,
                peer: long,
                capacity: Capacity(cpus: 0, memoryBytes: number)
            ),
            .turnedAway(peer: long, code: long, message: long), .disconnected(worker: "w", reason: long),
            .returned(worker: "w", after: length), .lost(worker: "w", silent: length),
            .leaving(worker: "w", reason: long), .stopped(worker: "w", lastSeq: number),
            .refused(worker: "w", code: long, message: long),
            .appended(
                Stage(name: long, agents: Int(number), rampMicros: number, warmupMicros: number, holdMicros: number)
            ),
            .stage(StageSchedule(timeline: timeline, plannedAgents: Int(number), fittingAgents: Int(number))),
            .granted(Grant(revision: Int(number), stage: Int(number), agents: ["w": AgentRanges([0...Int.max / 2])])),
            .moved(AgentMove(from: "w", reason: .lost, agents: Int(number), to: ["w-2": 1], stoodStill: length)),
            .windowsDropped(worker: "w", firstSeq: number, lastSeq: number),
            .windowsRefused(worker: "w", firstSeq: number, lastSeq: number, reason: long),
            .duplicates(worker: "w", windows: number),
            .rowsLeased(RowLease(worker: "w", set: long, goal: long, request: number, rows: 0..<Int.max / 2)),
            .rowsUsedUp(set: long, rows: Int(number)), .resumed(outage: length),
            .event(worker: "w", WorkerEvent(run: "r", level: .error, code: long, message: long, agent: Int(number))),
            .ending(outcome: long, message: long), .ended(outcome: long, message: long),
        ]
        for kind in kinds {
            let fact = FleetFact(at: FleetTime(micros: number), kind)
            let again = try FleetFact(json: fact.json)
            #expect(again.name == fact.name)
            #expect(again.json == fact.json)
        }
    }

    @Test("JSON that is no fact is refused by name")
    func refused() {
        #expect(throws: ApeError(.malformed, "fact.at_us is missing")) { try FleetFact(json: ["kind": "resumed"]) }
        #expect(throws: ApeError.self) { try FleetFact(json: ["kind": "danced", "at_us": 1]) }
        for share in [0, -1, "all"] as [JSONValue] {
            let moved: JSONValue = [
                "kind": "moved", "at_us": 1, "from": "w-1", "reason": "lost", "agents": 1, "to": ["w-2": share],
                "stood_still_us": 1,
            ]
            #expect(throws: ApeError(.malformed, "fact.to has a number of agents that is none")) {
                try FleetFact(json: moved)
            }
        }
        #expect(throws: ApeError.self) { try FleetFact(json: 7) }
    }
}
