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
        .event(worker: "w-1", WorkerEvent(run: "r", level: .error, code: "c", message: "m", agent: 4, traceID: "t")),
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
