import ApeCore
@testable import ApeFleet
import ApeMetrics
@testable import ApeReport
import ApeRun

/// Moments of runs on paper.
enum LiveFixture {
    /// A plan of five stages in the hold of the third, with all that a run can show.
    static var full: LiveRun {
        var live = LiveRun(
            run: "4f5c2d1e-0000-4000-8000-000000000001",
            scenario: "shop",
            isDemo: false,
            startTime: "2026-11-27T10:00:00.000Z",
            time: "2026-11-27T10:03:10.000Z",
            elapsedSeconds: 190,
            phase: .hold
        )
        live.plan = LiveRun.PlanPart(
            stages: [
                .init(name: "baseline", agents: 10, seconds: 70, status: .pass),
                .init(name: "small", agents: 50, seconds: 70, status: .fail),
                .init(name: "medium", agents: 100, seconds: 75, status: nil),
                .init(name: "large", agents: 500, seconds: 80, status: nil),
                .init(name: "sustained", agents: 1_000, seconds: 1_815, status: nil),
            ],
            first: 0,
            count: 5,
            current: 2,
            share: 0.09
        )
        live.left = LiveRun.TimeLeft(phase: 25, stage: 25, run: 1_920)
        live.agents = LiveRun.Agents(target: 100, assigned: 100, active: 97, stalled: 3, waiting: 0)
        live.fleet = LiveRun.Fleet(expected: 4, connected: 3, silent: 1, lost: 0)
        live.workers = [
            .init(name: "worker-3", link: .away, assigned: nil, active: nil, cpuPercent: nil, lagSeconds: nil),
            .init(name: "worker-1", link: .connected, assigned: 34, active: 33, cpuPercent: 93.5, lagSeconds: 0.004),
            .init(name: "worker-2", link: .connected, assigned: 33, active: 32, cpuPercent: 12, lagSeconds: 0.0012),
            .init(name: "worker-4", link: .connected, assigned: 33, active: 32, cpuPercent: 11, lagSeconds: 0.0011),
        ]
        live.mtba = LiveRun.Latency(
            now: 0.512,
            mean: 0.498,
            p95: 1.204,
            target: 1,
            recent: recent(from: 0.4, step: 0.05, every: 7)
        )
        live.ttft = LiveRun.Latency(
            now: 2.31,
            mean: 2.204,
            p95: 3.9,
            target: 2,
            recent: recent(from: 1.5, step: 0.25, every: 5)
        )
        live.targets = [
            .init(name: "mtba_threshold", title: "MTBA", measured: "0.498 s", limit: "< 1.0 s", status: .pass),
            .init(name: "cognitive_latency_ttft", title: "TTFT", measured: "2.204 s", limit: "< 2.0 s", status: .fail),
        ]
        live.thresholds = [
            .init(
                name: "p95(target{route=POST /api/checkout}) < 500ms",
                title: "p95(target{route=POST /api/checkout}) < 500ms",
                measured: "0.612 s",
                limit: "< 0.5 s",
                status: .fail
            ),
            .init(
                name: "share(sessions_failed) < 20%",
                title: "share(sessions_failed) < 20%",
                measured: "11.2 %",
                limit: "< 20 %",
                status: .pass
            ),
        ]
        live.sessions = LiveRun.Sessions(
            completed: 1_250,
            good: 1_110,
            goodPercent: 88.8,
            failed: [.init(party: .target, count: 100, percent: 8), .init(party: .simulation, count: 40, percent: 3.2)]
        )
        live.actionsPerSecond = 201
        live.decisionsPerSecond = 188
        live.tokens = LiveRun.Tokens(input: 1_234_567, output: 98_765, isEstimated: true)
        live.cost = 1.25
        live.budget = 10
        live.events = [
            .init(time: "2026-11-27T10:00:02.000Z", level: .info, message: "worker-1 joined"),
            .init(time: "2026-11-27T10:00:03.000Z", level: .info, message: "worker-2 joined"),
            .init(time: "2026-11-27T10:02:58.000Z", level: .warning, message: "worker-3 cannot be heard"),
        ]
        return live
    }

    /// A minute of values that rise again and again; none in each tenth second.
    private static func recent(from least: Double, step: Double, every: Int) -> [Double?] {
        var values: [Double?] = []
        for second in 0..<60 {
            values.append(second % 10 == 9 ? nil : least + step * Double(second % every))
        }
        return values
    }

    /// A run of which nothing is known yet.
    static var empty: LiveRun {
        LiveRun(run: "r", scenario: "s", isDemo: false, startTime: "", time: "", elapsedSeconds: 0, phase: nil)
    }

    /// What the fleet says of a hold.
    static func progress(stage: Int, nowMicros: Int64, endMicros: Int64, agents: Int) -> Progress {
        Progress(
            phase: .hold,
            now: FleetTime(micros: nowMicros),
            stage: stage,
            phaseEnd: FleetTime(micros: endMicros),
            expectedWorkers: 2,
            connectedWorkers: 2,
            silentWorkers: 0,
            targetAgents: agents,
            assignedAgents: agents,
            activeAgents: agents,
            waitingAgents: 0,
            waitingWindows: 0
        )
    }
}
