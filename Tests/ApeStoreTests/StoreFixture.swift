import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeStore
import ApeWire
import Foundation

/// A directory that goes when the test does, and runs to put into a store there.
final class StoreFixture: Sendable {
    static let start: Int64 = 1_700_000_000_000_000
    let directory: String
    var path: String { directory + "/runs.sqlite" }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "ape-store-\(UUID())").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    static let plan = Plan(stages: [
        Stage(name: "one", agents: 10, rampMicros: 1_000_000, warmupMicros: 0, holdMicros: 3_000_000),
        Stage(name: "two", agents: 20, rampMicros: 1_000_000, warmupMicros: 0, holdMicros: 3_000_000),
    ])

    static func run(_ id: String = "run-1") -> StoredRun {
        StoredRun(
            id: id,
            scenarioName: "shop",
            scenario: ["name": "shop", "goals": [1, 2]],
            plan: plan,
            seed: .max - 4,
            createdMicros: start
        )
    }

    /// The verdict on a run that measured nothing.
    static func verdict(_ outcome: RunOutcome) -> RunVerdict {
        RunVerdict(judging: RunLedger(plan: plan), rules: JudgingRules(), outcome: outcome)
    }

    /// Worker `w1` joins, has agents in the first stage, is lost and comes back.
    static let facts: [FleetFact] = [
        FleetFact(
            at: FleetTime(micros: start - 5_000_000),
            .joined(
                worker: "w1",
                name: "alpha",
                software: "1.0.0",
                peer: "10.0.0.5:4000",
                capacity: Capacity(cpus: 4, memoryBytes: 8 << 30, maxAgents: 100, labels: ["host": "a", "zone": "b"])
            )
        ),
        FleetFact(
            at: FleetTime(micros: start - 1_000_000),
            .stage(
                StageSchedule(
                    timeline: StageTimeline(stage: 0, of: plan, start: FleetTime(micros: start)),
                    plannedAgents: 10,
                    fittingAgents: 10
                )
            )
        ),
        FleetFact(at: FleetTime(micros: start - 900_000), .granted(grant(revision: 1))),
        FleetFact(at: FleetTime(micros: start + 2_000_000), .lost(worker: "w1", silent: .seconds(11))),
        FleetFact(at: FleetTime(micros: start + 2_500_000), .returned(worker: "w1", after: .milliseconds(500))),
        FleetFact(at: FleetTime(micros: start + 3_000_000), .granted(grant(revision: 2))),
        FleetFact(at: FleetTime(micros: start + 3_000_000), .duplicates(worker: "w1", windows: 2)),
    ]

    private static func grant(revision: Int) -> Grant {
        Grant(revision: revision, stage: 0, agents: ["w1": AgentRanges(0..<10)])
    }

    /// The first stage's window of second `seq - 1`.
    static func window(seq: Int64, run: String = "run-1", samples: Int = 3) -> Window {
        let begin = start + (seq - 1) * 1_000_000
        var random = SeededRandom(seed: UInt64(seq))
        var window = Window(
            run: run,
            seq: seq,
            stage: 0,
            revision: 3,
            phase: seq == 1 ? .ramp : .hold,
            startMicros: begin,
            endMicros: begin + 1_000_000,
            assigned: 10,
            active: 9
        )
        let names: [SeriesName] = [
            .gap, .ttft, .target(route: "GET /api/{id}"), SeriesName(rawValue: "own"),
        ]
        for name in names {
            for _ in 0..<samples {
                window.series[name, default: Histogram()].record(Int64(random.unit() * 2_000_000))
            }
        }
        window.counters = [.sessionsSucceeded: 2, .actions(.successful): 30, .sessionsFailed(.target5xx): 1]
        window.host = HostSample(
            cpuPercent: 12.3456,
            memoryPercent: 1.0 / 3,
            processCPUPercent: 99,
            processMemoryBytes: 1 << 40,
            loopLagP99Micros: 700
        )
        return window
    }

    /// A second of 250 agents with one action and one decision each.
    static func busyWindow(seq: Int64, worker: String) -> Window {
        var random = SeededRandom(seed: UInt64(seq) &+ UInt64(worker.utf8.last ?? 0) &* 1_000)
        var window = window(seq: seq, samples: 0)
        var tally = WindowTally()
        for agent in 0..<250 {
            let scale = 0.5 + random.unit()
            func some(_ mean: Double) -> Int64 { Int64(mean * scale * (0.8 + 0.4 * random.unit())) }
            var gap = GapBreakdown()
            gap.gaps = 1
            for (part, mean) in [
                (GapBreakdown.Part.firstToken, 400_000.0), (.generation, 200_000), (.target, 200_000),
                (.think, 150_000),
                (.retryWait, 5_000), (.overhead, 900),
            ] { gap[part: part] = some(mean) }
            gap.gapMicros = gap.partsMicros
            let route = "GET /api/products/{id}/\(random.next() % 10)"
            tally.record(gap, goal: agent % 2 == 0 ? "buy_headphones" : "baseline", route: route)
            tally.add(.routeRequests, route)
            for (name, mean) in [
                (SeriesName.ttft, 400_000.0), (.attemptTTFT, 390_000), (.contentTTFT, 410_000), (.toolCall, 500_000),
                (.generation, 200_000), (.decisionTime, 600_000),
            ] { tally.record(name, some(mean)) }
            tally.record(.targetRoute, route, some(200_000))
        }
        let cut = tally.cut()
        window.series = cut.series
        window.counters.merge(cut.counters) { $1 }
        return window
    }

    /// What a worker tells of a session that failed.
    static func event(worker: String, agent: Int) -> FleetFact {
        let event = WorkerEvent(
            run: "run-1",
            level: .warning,
            code: "simulation_check_failed",
            message: "the model says it is done, but the check \"answer POST /api/checkout\" does not hold: "
                + "no answer of the session was one that it looks at",
            agent: agent,
            traceID: "0af7651916cd43dd8448eb211c80319c"
        )
        return FleetFact(at: FleetTime(micros: start), .event(worker: worker, event))
    }

    static func batch(_ seqs: ClosedRange<Int64>, worker: String = "w1", run: String = "run-1") -> CommitBatch {
        CommitBatch(
            windows: seqs.map {
                StoredWindow(
                    worker: worker,
                    window: window(seq: $0, run: run),
                    received: FleetTime(micros: start + $0 * 1_000_001)
                )
            }
        )
    }
}

extension RunStore {
    func allWindows(ofRun run: String) async throws -> [StoredWindow] {
        var all: [StoredWindow] = []
        for try await item in windows(ofRun: run) { all.append(item) }
        return all
    }
}

extension RunStore {
    /// A run's ledger, from all that is stored; nil for a run that the store does not know.
    func ledger(ofRun id: String) async throws -> RunLedger? {
        guard let run = try await run(id) else { return nil }
        return try await RunLedger(
            of: run,
            thresholds: [],
            facts: try await facts(ofRun: id),
            windows: windows(ofRun: id),
            servers: servers(ofRun: id)
        )
    }

    /// What a coordinator takes a run up with.
    func recovered(run id: String) async throws -> RecoveredRun {
        let facts = try await facts(ofRun: id)
        guard let ledger = try await ledger(ofRun: id) else { return RecoveredRun(facts: facts) }
        return RecoveredRun(facts: facts, ledger: ledger)
    }
}
