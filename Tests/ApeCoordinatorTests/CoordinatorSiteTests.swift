import ApeCore
import ApeHTTP
import ApeMetrics
import ApeReport
import ApeRun
import ApeSite
import ApeWire
import Foundation
import Testing

@testable import ApeCoordinator
@testable import ApeFleet

/// What a coordinator shows of a run.
struct CoordinatorSiteTests {
    private static let start: Int64 = 1_700_000_000_000_000

    /// A run of one stage with one worker, some seconds into its hold.
    func snapshot(seconds: Int = 4) -> RunSnapshot {
        let stage = Stage(name: "only", agents: 2, rampMicros: 0, warmupMicros: 0, holdMicros: 60_000_000)
        let threshold = try? Threshold("rate(actions) < 2/s in every 2s")
        var ledger = RunLedger(plan: Plan(stages: [stage]), thresholds: [threshold].compactMap(\.self))
        ledger.workerKnown(WorkerFacts(id: "w-1", name: "rack \"7\"", version: "0.1.0", labels: ["zone": "a"], cpus: 2))
        ledger.books.grant("w-1", atMicros: Self.start)
        ledger.stageStarted(StageTimeline(stage: 0, of: ledger.plan, start: FleetTime(micros: Self.start)))
        for second in 0..<seconds {
            var window = Window(
                run: "r",
                seq: Int64(second + 1),
                stage: 0,
                revision: 1,
                phase: .hold,
                startMicros: Self.start + Int64(second) * 1_000_000,
                endMicros: Self.start + Int64(second + 1) * 1_000_000,
                assigned: 2,
                active: 2
            )
            window.counters = [
                .sessionsStarted: 1, .actions(.successful): 3, CounterFamily.goalSessionsSuccessfulStateful["buy"]: 2,
                CounterFamily.goalSessionsFailed["buy"]: 1, CounterFamily.goalSessionsFailed["look"]: 3,
            ]
            window.series[.gap, default: Histogram()].record(700_000)
            window.host = HostSample(cpuPercent: 25, memoryPercent: 50, loopLagP99Micros: 2_000)
            ledger.add(worker: "w-1", window: window, receivedMicros: window.endMicros)
        }
        return RunSnapshot(
            run: "r",
            scenarioName: "shop",
            isDemo: true,
            rules: JudgingRules(usesInference: false),
            createdMicros: Self.start,
            nowMicros: Self.start + Int64(seconds) * 1_000_000 + 500_000,
            ledger: ledger,
            progress: nil
        )
    }

    @Test func theMetricsAreThoseOfTheCatalogueInItsOrder() {
        let lines = snapshot().metrics.split(separator: "\n")
        let shown = lines.filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) }
        // Families whose labels only their first sample names.
        let empty = [
            "ape_failed_sessions_total", "ape_inference_errors_total", "ape_target_request_seconds",
            "ape_connections_opened_total", "ape_connections_reused_total", "ape_connections_failed_total",
            "ape_requests_repeated_total", "ape_connect_seconds", "ape_tls_handshake_seconds",
            "ape_target_first_event_seconds",
            "ape_target_event_gap_seconds",
            "ape_goal_successful_sessions_total",
        ]
        // Nothing is said of cost without a price.
        let unpriced = ["ape_inference_cost_total"]
        #expect(shown == MetricFamily.ofCoordinator.map(\.name).filter { !(empty + unpriced).contains($0) })
        #expect(lines.contains("ape_agent_sessions_total 4"))
        #expect(lines.contains("ape_agent_requests_total{status=\"2xx\"} 12"))
        #expect(lines.contains("ape_goal_successful_stateful_sessions_total{goal=\"buy\"} 8"))
        #expect(lines.contains("ape_goal_failed_sessions_total{goal=\"buy\"} 4"))
        #expect(lines.contains("ape_goal_failed_sessions_total{goal=\"look\"} 12"))
        #expect(lines.contains("ape_agent_mtba_seconds_count 4"))
        #expect(lines.contains("ape_worker_host_cpu_ratio{worker=\"rack \\\"7\\\"\"} 0.25"))
        let text = "rate(actions) < 2/s in every 2s"
        #expect(lines.contains("ape_threshold_status{threshold=\"\(text)\",status=\"FAIL\"} 1"))
        #expect(lines.contains("ape_threshold_status{threshold=\"\(text)\",status=\"PASS\"} 0"))
        #expect(lines.contains("ape_threshold_value{threshold=\"\(text)\"} 3"))
        #expect(lines.contains("ape_workers{standing=\"connected\"} 1"))
    }

    /// A worker that was killed is missed until it comes back under its name, wherever that is told.
    @Test func aLostWorkerCountsUntilOneOfItsNameJoins() {
        var snapshot = snapshot()
        snapshot.ledger.books.disconnect("w-1", atMicros: Self.start + 4_000_000)
        snapshot.ledger.books.lose("w-1", atMicros: Self.start + 14_000_000)
        snapshot.progress = Progress(
            phase: .hold,
            now: FleetTime(micros: Self.start + 20_000_000),
            expectedWorkers: 1,
            connectedWorkers: 0,
            silentWorkers: 0,
            targetAgents: 2,
            assignedAgents: 0,
            activeAgents: 0,
            waitingAgents: 0,
            waitingWindows: 0
        )
        #expect(snapshot.metrics.contains("ape_workers{standing=\"lost\"} 1\n"))
        #expect(snapshot.json["progress"]?["lost_workers"]?.integer == 1)
        snapshot.ledger.workerKnown(WorkerFacts(id: "w-2", name: "rack \"7\""))
        #expect(snapshot.metrics.contains("ape_workers{standing=\"lost\"} 0\n"))
        #expect(snapshot.metrics.contains("ape_workers{standing=\"replaced\"} 1\n"))
        #expect(snapshot.metrics.contains("ape_workers{standing=\"connected\"} 1\n"))
        #expect(snapshot.json["progress"]?["lost_workers"]?.integer == 0)
        #expect(snapshot.workersJSON["workers"]?[0]?["standing"]?.string == "replaced")
    }

    @Test func aRunIsJudgedByTheSecondsThatHaveCome() throws {
        let json = snapshot().json
        #expect(json["outcome"]?.string == "running")
        #expect(json["stages"]?[0]?["achieved_agents"]?.integer == 2)
        #expect(json["stages"]?[0]?["hold_seconds"]?.integer == 4)
        let mtba = try #require(json["targets"]?.array?.first { $0["key"]?.string == "mtba_threshold" })
        #expect(mtba["measured_value"]?.number == 0.7)
        // The hold goes on: nothing is decided.
        #expect(mtba["status"]?.string == "INCONCLUSIVE")
        #expect(json["series"]?["gap"]?["count"]?.integer == 4)
        #expect(json["counters"]?["sessions_started"]?.integer == 4)
    }

    @Test func tokensAndTheirCostAreShown() throws {
        var snapshot = snapshot()
        #expect(snapshot.json["tokens"] == .null && snapshot.json["cost"] == .null)
        snapshot.price = Scenario.TokenPrice(input: 2, output: 8)
        // Nobody has told of any tokens yet: that is no cost of 0.
        #expect(!snapshot.metrics.contains("ape_inference_cost_total"))
        var window = Window(
            run: "r",
            seq: 9,
            stage: 0,
            revision: 1,
            phase: .hold,
            startMicros: Self.start + 4_000_000,
            endMicros: Self.start + 5_000_000,
            assigned: 2,
            active: 2
        )
        window.counters = [.decisions: 4, .tokensIn: 1_000, .tokensCached: 250, .tokensOut: 100, .tokensEstimated: 3]
        snapshot.ledger.add(worker: "w-1", window: window, receivedMicros: window.endMicros)
        let lines = snapshot.metrics.split(separator: "\n")
        #expect(lines.contains("ape_inference_cost_total 0.0028"))
        #expect(lines.contains("ape_inference_tokens_total{direction=\"in\"} 1000"))
        #expect(lines.contains("ape_inference_token_kinds_total{kind=\"cached\"} 250"))
        #expect(lines.contains("ape_inference_token_kinds_total{kind=\"estimated\"} 3"))
        let json = snapshot.json
        #expect(json["tokens"]?["in"]?.integer == 1_000 && json["tokens"]?["per_decision"]?.number == 275)
        #expect(json["cost"]?["total"]?.number == 0.0028 && json["cost"]?["per_successful_session"] == .null)
        #expect(json["stages"]?[0]?["tokens"]?["cached_share_percent"]?.number == 25)
    }

    @Test func workersTellOfTheirLastSecond() throws {
        let worker = try #require(snapshot().workersJSON["workers"]?[0])
        #expect(worker["name"]?.string == "rack \"7\"")
        #expect(worker["standing"]?.string == "connected")
        #expect(worker["labels"]?["zone"]?.string == "a")
        #expect(worker["windows"]?["received"]?.integer == 4)
        #expect(worker["latest"]?["active_agents"]?.integer == 2)
        #expect(worker["latest"]?["loop_lag_p99_seconds"]?.number == 0.002)
    }

    @Test func theRunThatEndedLastIsShownBesideTheOneThatGoesOn() throws {
        var snapshot = snapshot()
        #expect(!snapshot.metrics.contains("ape_last_run"))
        let ledger = snapshot.ledger
        let report = RunReport(
            run: try PageFixture.run("shop", seconds: 4),
            ledger: ledger,
            verdict: RunVerdict(judging: ledger, rules: JudgingRules(usesInference: false))
        )
        snapshot.lastRun = LastRun(report)
        #expect(snapshot.metrics.contains("\nape_last_run_exit_code \(report.exitCode.rawValue)\n"))
        var sink = OTLPMetricSink(startMicros: 0, nowMicros: 1)
        snapshot.add(to: &sink)
        let names = sink.metrics.map(\.name)
        #expect(names.contains("ape_last_run_exit_code") && names.contains("ape_last_run_target_status"))
        // One that is to go on has not ended.
        var verdict = report.verdict
        verdict.outcome = .suspended
        let run = try PageFixture.run("shop", seconds: 4)
        #expect(LastRun(RunReport(run: run, ledger: ledger, verdict: verdict)) == nil)
    }

    @Test func theDocumentListsEveryPage() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/http.md"), encoding: .utf8)
        let listed = page.split(separator: "\n").filter { $0.hasPrefix("| `/") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "") }
        }
        let expected = (HTTPEndpoint.common + CoordinatorSite.endpoints + CoordinatorPages.endpoints).map(\.path)
        #expect(listed.map { $0[0] } == ["/"] + expected)
    }
}
