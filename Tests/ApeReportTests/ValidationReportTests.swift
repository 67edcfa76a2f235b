import ApeCore
import ApeFleet
import ApeMetrics
import ApeProgram
@testable import ApeReport
import ApeRun
import Foundation
import Testing

@Suite struct ValidationReportTests {
    @Test func theTopIsTheOriginals() throws {
        let json = ReportFixture.report().json
        let summary = try #require(json["validation_summary"])
        #expect(summary["start_time"]?.string == "2023-11-14T22:13:20.000Z")
        #expect(summary["duration_minutes"]?.number == 0.4)
        #expect(summary["overall_success"]?.bool == true)
        #expect(summary["total_targets"]?.integer == 8)
        #expect(summary["passed_targets"]?.integer == 8)
        #expect(summary["failed_targets"]?.integer == 0)
        #expect(summary["critical_failures"]?.integer == 0)
        #expect(json["performance_targets"]?["mtba_validation"]?["status"]?.string == "PASS")
        #expect(
            json["performance_targets"]?["mtba_validation"]?["target"]?.string == "< 1.0 seconds, < 1.5 seconds"
        )
        #expect(json["performance_targets"]?["cognitive_latency_validation"]?["status"]?.string == "PASS")
        #expect(json["scaling_validation"]?["max_achieved_agents"]?.integer == 1_000)
        #expect(json["scaling_validation"]?["target"]?.string == ">= 1000 agents")
        #expect(json["kpi_validation"]?["successful_stateful_sessions"]?["status"]?.string == "PASS")
        #expect(json["efficiency_validation"]?["resource_usage"]?["status"]?.string == "PASS")
        let results = try #require(json["all_validation_results"]?.array)
        #expect(results.map { $0["key"]?.string } == KPIKey.allCases.map(\.rawValue))
        #expect(results.allSatisfy { $0["passed"]?.bool == true })
        #expect(results[0]["measured_value"]?.number == 0.52)
        #expect(results[0]["target"]?["comparison"]?.string == "less_than")
    }

    @Test func stagesAndWorkersStandBesideIt() throws {
        let json = ReportFixture.report().json
        let stage = try #require(json["stages"]?[1])
        #expect(stage["name"]?.string == "scaling_1000")
        #expect(stage["achieved_agents"]?.integer == 1_000)
        #expect(stage["hold_start_time"]?.string == "2023-11-14T22:13:34.000Z")
        #expect(stage["hold_seconds"]?.integer == 10)
        #expect(stage["series"]?["gap"]?["count"]?.integer == 100)
        #expect(stage["series"]?["gap"]?["mean_seconds"]?.number == 0.52)
        #expect(stage["series"]?["gap"]?["max_seconds"]?.number == 0.54)
        let parts = try #require(stage["gap_parts"]?.object)
        let shares = parts.compactMap { $0.value["share"]?.number }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
        #expect(parts["decision"]?["first_token"]?["mean_seconds"]?.number == 0.22)
        #expect(parts["decision"]?["generation"]?["mean_seconds"]?.number == 0.1)
        let worker = try #require(json["workers"]?[0])
        #expect(worker["host"]?.string == "alpha.example")
        #expect(worker["actions_share"]?.number == 0.5)
        #expect(worker["peak_agents"]?.integer == 500)
        #expect(worker["host_in_holds"]?[1]?["cpu_percent_mean"]?.number == 25)
        #expect(json["routes"]?[0]?["route"]?.string == "POST /api/orders")
        #expect(json["routes"]?.array?.count == 2)
        #expect(json["series"]?["hold"]?.object?.keys.contains { $0.hasPrefix("target{") } == false)
        #expect(json["counters"]?["hold"]?["actions{status=5xx}"]?.integer == 80)
        #expect(json["counters"]?["whole_run"]?["actions{status=5xx}"]?.integer == 96)
        #expect(json["fleet_events"]?[0]?["worker"]?.string == "alpha")
        #expect(json["run"]?["seed"]?.string == "18446744073709551615")
    }

    @Test func goalsAndRoutesSayWhereTheirTimeWent() throws {
        let json = ReportFixture.report().json
        let hold = try #require(json["gap_parts"])
        #expect(hold["decision"]?["sum_seconds"]?.number == 64 && hold["overhead"]?["sum_seconds"]?.number == 0.2)
        // Two stages of ten seconds from two workers: 40 windows of five gaps, three of them of the goal `buy`.
        let goals = try #require(json["goals"]?.array)
        #expect(goals.map { $0["goal"]?.string } == ["buy", "look"])
        #expect(goals[0]["gaps"]?["count"]?.integer == 120 && goals[0]["gaps"]?["sum_seconds"]?.number == 61.2)
        #expect(goals[0]["gap_parts"]?["decision"]?["first_token"]?["sum_seconds"]?.number == 25.2)
        #expect(goals[0]["sessions"] == ["completed": 280, "succeeded": 280, "failed": 0, "successful_stateful": 280])
        #expect(goals[1]["sessions"] == ["completed": 120, "succeeded": 0, "failed": 120, "successful_stateful": 0])
        let routes = try #require(json["stages"]?[0]?["routes"]?.array)
        let orders = try #require(routes.first { $0["route"]?.string == "POST /api/orders" })
        #expect(orders["requests"]?.integer == 200 && orders["errors"]?.integer == 40)
        #expect(orders["gaps"]?["count"]?.integer == 20 && orders["count"]?.integer == 100)
        let shares = routes.compactMap { $0["gaps"]?["share_of_all"]?.number }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
        #expect(
            json["failures"]?["by_route"] == [
                [
                    "route": "POST /api/orders", "status": "503", "party": "target", "family": "target", "count": 80,
                    "requests": 400, "rate": 0.2,
                ]
            ]
        )
    }

    /// A minute's hold whose first tokens take 5 s for its first 10 s.
    private static let slowStart = ReportFixture.report(agents: [10], holdSeconds: 60) { window, _ in
        if window.seq < 12 {
            for _ in 0..<5 { window.record(.ttft, 5_000_000) }
        }
        return true
    }

    /// Gaps that get longer all the time.
    private static let slower = ReportFixture.report(agents: [10], holdSeconds: 60) { window, _ in
        for _ in 0..<50 { window.record(.gap, 500_000 + window.seq * 100_000) }
        return true
    }

    @Test func warmupThatIsLeftOutIsNamed() throws {
        let json = Self.slowStart.json
        #expect(
            json["stages"]?[0]?["warmup_cut"] == [
                "seconds": 10, "series": "ttft", "rule": "MSER-5", "settled": true, "gap_mean_seconds": 0.52,
                "ttft_mean_seconds": 0.27,
            ]
        )
        let verdict = json["all_validation_results"]?.array?.first { $0["key"]?.string == "cognitive_latency_ttft" }
        #expect(verdict?["measured_value"]?.number == 0.27)
        #expect(verdict?["details"]?["summary"]?.string?.contains("first 10 s of the hold of stage scaling_10") == true)
        let scaling = json["scaling_validation"]?["scaling_test_results"]?[0]?["performance_metrics"]
        #expect(scaling?["ttft_avg"]?.number == 0.27)
        #expect(json["stages"]?[0]?["series"]?["ttft"]?["max_seconds"]?.number == 5)
        let unsettled = Self.slower.json
        #expect(unsettled["stages"]?[0]?["warmup_cut"]?["settled"]?.bool == false)
        #expect(unsettled["stages"]?[0]?["warmup_cut"]?["seconds"]?.integer == 0)
        #expect(ReportFixture.report().json["stages"]?[0]?["warmup_cut"] == .null)
    }

    @Test func failedSessionsAreToldStepByStep() throws {
        let exemplar = try #require(ReportFixture.report().json["exemplar_sessions"]?[0])
        #expect(
            exemplar == [
                "kind": "failed", "trace_id": "0af7651916cd43dd8448eb211c80319c", "worker": "alpha", "agent": 7,
                "goal": "buy",
                "reason": "target_5xx", "family": "target", "message": "the target answered 503",
                "start_time": "2023-11-14T22:13:22.500Z", "duration_seconds": 0.9,
                "failed_check": ["name": "paid", "reason": "the status is 503"],
                "steps": [
                    [
                        "offset_seconds": 0.0, "duration_seconds": 0.3, "what": "decision", "status": nil, "error": nil,
                        "attempts": 1, "span_id": "00f067aa0ba902b7",
                        "decision": [
                            "first_token_seconds": 0.12, "tokens_in": 812, "tokens_out": 41, "tokens_cached": 512,
                            "tokens_estimated": false,
                        ],
                    ],
                    [
                        "offset_seconds": 0.31, "duration_seconds": 0.59, "what": "POST /api/orders", "status": 503,
                        "error": nil, "attempts": 3, "span_id": nil, "decision": nil,
                    ],
                ],
                "steps_left_out": 0,
            ]
        )
    }

    @Test func successfulSessionsStandApart() throws {
        let report = ReportFixture.report()
        var ledger = report.ledger
        var good = try #require(ledger.exemplars.shown.first)
        good.reason = WorkerEvent.sessionSucceeded
        ledger.exemplars.add(good)
        let json = RunReport(run: report.run, ledger: ledger, verdict: report.verdict).json
        #expect(json["exemplar_sessions"]?.array?.map { $0["kind"]?.string } == ["failed"])
        #expect(json["successful_sessions"]?.array?.map { $0["kind"]?.string } == ["succeeded"])
        #expect(
            json["successful_sessions"]?[0]?["reason"] == .null && json["successful_sessions"]?[0]?["family"] == .null
        )
    }

    @Test func failuresAreFiledByWhoseTheyAre() throws {
        let report = ReportFixture.report { window, _ in
            window.counters[.sessionsFailed(.target5xx)] = 2
            window.counters[.sessionsFailed(.inference(.timeout))] = 1
            window.counters[.sessionsFailed(FailureReason(rawValue: "invalid_tool_calls"))] = 3
            window.counters[.sessionsFailed(FailureReason(rawValue: "harness_internal"))] = 1
            window.counters[.decisionErrors(AttemptFault(rawValue: "inference_429"))] = 4
            return true
        }
        let failures = try #require(report.json["failures"])
        #expect(failures["sessions"]?["target"]?["target_5xx"]?.integer == 80)
        #expect(failures["sessions"]?["inference"]?["inference_timeout"]?.integer == 40)
        #expect(failures["sessions"]?["simulation"]?["invalid_tool_calls"]?.integer == 120)
        #expect(failures["sessions"]?["harness"]?["harness_internal"]?.integer == 40)
        #expect(failures["decisions"]?["inference_429"]?.integer == 160)
        #expect(report.recommendations.contains { $0.contains("invalid_tool_calls (120)") })
    }

    @Test func theDemoIsNamed() {
        #expect(
            ReportFixture.report(isDemo: true).json["subject"]?.string?.contains("not an application of yours") == true
        )
        #expect(ReportFixture.report().json["subject"]?.string?.contains("https://shop.example") == true)
    }

    @Test func whatIsMissingIsNamed() throws {
        let json = ReportFixture.report { window, worker in !(worker == "beta" && window.seq == 5) }.json
        let missing = try #require(json["completeness"]?["missing"]?[0])
        #expect(missing["worker"]?.string == "beta")
        #expect(missing["stage"]?.string == "scaling_10")
        #expect(missing["from_time"]?.string == "2023-11-14T22:13:25.000Z")
        #expect(missing["seconds"]?.integer == 1)
        #expect(json["verdict"]?["exit_code"]?.integer == 3)
        #expect(json["all_validation_results"]?[0]?["passed"] == .null)
    }

    @Test func whatCameBetweenIsNamed() throws {
        let report = ReportFixture.report(agents: [10], lateness: 6_000_000) { window, worker in
            worker == "alpha" || window.seq < 3
        } happenings: { books in
            books.disconnect("id-beta", atMicros: ReportFixture.start + 2_000_000)
            books.resume(outageMicros: 3_250_000, atMicros: ReportFixture.start + 6_000_000)
            books.reconnect("id-alpha", atMicros: ReportFixture.start + 7_000_000)
            books.lose("id-beta", atMicros: ReportFixture.start + 9_000_000)
            books.countDuplicates(of: "id-alpha", windows: 2)
            books.drop("id-beta", windows: 1)
            books.refuse("id-beta", windows: 2, reason: "window.revision is missing")
            books.exceed("id-beta", .events, count: 12)
            books.storeStalled(micros: 6_500_000, atMicros: ReportFixture.start + 9_500_000)
            let move = AgentMove(
                from: "id-beta",
                reason: .lost,
                agents: 5,
                to: ["id-alpha": 5],
                stoodStill: Micros(7_125_000)
            )
            books.add(move, atMicros: ReportFixture.start + 9_250_000)
        }
        let books = try #require(report.json["completeness"])
        #expect(books["windows"] == ["received": 15, "late": 15, "duplicate": 2, "dropped": 1, "refused": 2])
        #expect(
            books["coordinator_outages"] == [
                ["from_time": "2023-11-14T22:13:22.750Z", "to_time": "2023-11-14T22:13:26.000Z", "seconds": 3.25]
            ]
        )
        #expect(
            books["store_stalls"] == [
                ["from_time": "2023-11-14T22:13:23.000Z", "to_time": "2023-11-14T22:13:29.500Z", "seconds": 6.5]
            ]
        )
        #expect(
            books["workers"]?[1] == [
                "worker": "beta", "worker_id": "id-beta", "expected_seconds": 9, "received_seconds": 3,
                "missing_seconds": 6,
                "windows": ["received": 3, "late": 3, "duplicate": 0, "dropped": 1, "refused": 2],
                "refused_windows": ["window.revision is missing": 2],
                "over_budget": ["windows": 0, "events": 12, "messages": 0, "connections": 0],
                "disconnections": [
                    ["from_time": "2023-11-14T22:13:22.000Z", "to_time": "2023-11-14T22:13:32.000Z", "seconds": 10.0]
                ],
            ]
        )
        #expect(
            books["reassignments"] == [
                [
                    "time": "2023-11-14T22:13:29.250Z", "reason": "lost", "agents": 5, "from": "beta",
                    "from_id": "id-beta", "to": [["worker": "alpha", "worker_id": "id-alpha", "agents": 5]],
                    "stood_still_seconds": 7.125,
                ]
            ]
        )
        #expect(books["missing_seconds"]?.integer == 6)
        #expect(report.json["stages"]?[0]?["completeness"]?["sufficient"] == false)
        #expect(
            VerdictTable(report).text.replacing("\n  ", with: " ").contains(
                "Completeness: 6 of 21 worker seconds are missing (beta 6 s); 2 windows of beta could not be "
                    + "read (window.revision is missing); 5 agents of beta changed workers, "
                    + "standing still for at most 7.1 s; the coordinator was away for 3.3 s; the run's database took "
                    + "nothing for 6.5 s; beta sent more than is taken from one worker."
            )
        )
    }

    /// Reports as unlike each other as runs can be.
    static let reports: [(name: String, report: RunReport)] = [
        ("healthy", ReportFixture.report()),
        ("demo", ReportFixture.report(agents: [10, 100], isDemo: true)),
        ("nothing measured", ReportFixture.report { _, _ in false }),
        ("no stage", ReportFixture.report(agents: [])),
        ("interrupted", ReportFixture.report(outcome: .interrupted) { window, _ in window.stage == 0 }),
        ("suspended", ReportFixture.report(outcome: .suspended) { window, _ in window.stage == 0 }),
        ("fleet failed", ReportFixture.report(outcome: .fleetFailed(FleetFailure("All workers were lost.")))),
        (
            "full of faults",
            ReportFixture.report(lateness: 9_000_000) { window, worker in
                worker == "alpha" || window.seq % 3 == 0
            } happenings: { books in
                books.resume(outageMicros: 3_250_000, atMicros: ReportFixture.start + 6_000_000)
                books.lose("id-beta", atMicros: ReportFixture.start + 9_000_000)
                for shares in [["id-alpha": 3, "unknown": 2], [:]] {
                    let move = AgentMove(from: "id-beta", reason: .lost, agents: 5, to: shares, stoodStill: Micros(1))
                    books.add(move, atMicros: ReportFixture.start + 9_250_000)
                }
            }
        ),
        (
            "choked",
            ReportFixture.report { window, _ in
                window.host.loopLagMeanMicros = 90_000
                return true
            }
        ),
        (
            "failed",
            ReportFixture.report(strict: true) { window, worker in
                window.counters[.sessionsFailed(.target5xx)] = 9
                window.record(.gap, 90_000_000)
                return worker == "alpha" || window.seq != 7
            }
        ),
        (
            "hostile",
            ReportFixture.report { window, _ in
                window.counters[CounterName(rawValue: "\u{0}\"{=}")] = .max
                window.host = HostSample(cpuPercent: .nan, memoryPercent: .infinity, loopLagP99Micros: .max)
                window.record(SeriesName(rawValue: "target{route=\u{1F600}\n}"), .max)
                for name in [
                    "goal_gaps{goal=x}", "goal_generation_us{goal=x}", "route_errors{route=x}", "route_gaps{route=",
                ] {
                    window.counters[CounterName(rawValue: name)] = .max
                }
                return true
            }
        ),
        ("servers", ServerReportTests.report), ("warm-up", slowStart), ("unsettled", slower),
    ]

    @Test(.enabled(if: PythonSchema.isPresent, "python3 with jsonschema is not installed"))
    func everyReportKeepsItsSchema() throws {
        for (name, report) in Self.reports {
            let directory = FileManager.default.temporaryDirectory.appending(path: "ape-report-\(UUID())")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let file = directory.appending(path: "report.json").path()
            try Files.write(report.json, to: file)
            #expect(try PythonSchema.findings(schema: "validation-report", file: file) == "", "\(name)")
        }
    }

    @Test(.enabled(if: PythonSchema.isPresent, "python3 with jsonschema is not installed"))
    func theSchemaRefusesWhatIsNoReport() throws {
        var root = try #require(ReportFixture.report().json.object)
        root["validation_summary"] = ["overall_success": "yes"]
        root["workers"] = nil
        let file = FileManager.default.temporaryDirectory.appending(path: "ape-report-\(UUID()).json").path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Files.write(.object(root), to: file)
        let findings = try PythonSchema.findings(schema: "validation-report", file: file)
        #expect(findings.contains("'workers' is a required property"))
        #expect(findings.contains("'yes' is not of type 'boolean'"))
    }
}

/// Python's `jsonschema`, the reference implementation at hand.
enum PythonSchema {
    static let isPresent = (try? run(["-c", "import jsonschema"]))?.status == 0

    /// What is wrong with a file by one of the schemas in `docs/schemas`; empty when nothing is.
    static func findings(schema: String, file: String) throws -> String {
        let schemas = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/schemas/\(schema).schema.json")
        let script = """
            import json, jsonschema, pathlib, sys, warnings
            warnings.simplefilter("ignore")
            path = pathlib.Path(sys.argv[1])
            store = {file.name: json.loads(file.read_text()) for file in path.parent.glob("*.schema.json")}
            schema = store[path.name]
            jsonschema.Draft202012Validator.check_schema(schema)
            resolver = jsonschema.RefResolver(base_uri=path.name, referrer=schema, store=store)
            report = json.load(open(sys.argv[2]), parse_constant=lambda name: sys.exit("not JSON: " + name))
            for error in jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(report):
                print(list(error.absolute_path), error.message[:200])
            """
        let (status, output) = try run(["-c", script, schemas.path(), file])
        return status == 0 ? output : "exit \(status): \(output)"
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
