import ApeCore
import Testing

extension IntegrationTests.Measured {
    /// Servers' own figures beside a run of real processes.
    @Suite(.timeLimit(.minutes(4)))
    struct Scrape {
        private static func scenario(_ demo: Demo, port: Int, holdSeconds: Int, thresholds: [String]) -> String {
            let model = demo.inference.replacing("/v1", with: "/metrics")
            return """
                targets: {shop: "\(demo.shop)"}
                goals:
                  look: {script: [GET /api/products]}
                pacing: {think: 50ms, between_sessions: 50ms}
                scrape:
                  - {name: app, url: "http://127.0.0.1:\(port)/metrics", series: [queue, jobs_total], party: target}
                  - {name: model, url: "\(model)"}
                thresholds:
                \(thresholds.map { "  - \($0)\n" }.joined())
                """ + Example.plan(agents: 10, holdSeconds: holdSeconds)
        }

        private static func beside<Value: Sendable>(
            _ port: Int,
            in scratch: Scratch,
            _ body: () async throws -> Value
        ) async throws -> Value {
            let server = Invocation("python3", ["\(Invocation.tree)/Tests/Reference/figures.py", "\(port)"])
            return try await ProcessHarness.with(server, in: scratch) { _ in try await body() }
        }

        private static func server(_ name: String, in report: Report) throws -> JSONValue {
            let all = report.validation["servers"]?.array ?? []
            return try #require(all.first { $0["name"]?.string == name })
        }

        /// Killed in mid-hold and back again, with counters that begin anew.
        @Test func aServerThatDiesLeavesAGapAndNoVerdict() async throws {
            try await Scratch.with { scratch in
                let port = try FreePort.pick()
                let csv = scratch.file("tables")
                let (finished, path) = try await Demo.with(in: scratch) { demo in
                    async let run = Ape.validate(
                        scenario: Self.scenario(
                            demo,
                            port: port,
                            holdSeconds: 25,
                            thresholds: [
                                "max(server{name=app, series=queue}) < 500",
                                "max(server{name=model, series=vllm:num_requests_waiting}) < 5",
                            ]
                        ),
                        flags: ["--csv", csv],
                        in: scratch
                    )
                    try await Self.beside(port, in: scratch) { try await Task.sleep(for: .seconds(14)) }
                    try await Task.sleep(for: .seconds(5))
                    async let _ = Self.beside(port, in: scratch) { try await Task.sleep(for: .seconds(60)) }
                    return try await run
                }
                #expect(finished.exitCode == 3, "\(finished.errors)")
                let report = try Report(path)
                try await report.expectSound(in: scratch)
                let thresholds = try #require(report.validation["thresholds"]?.array)
                #expect(thresholds.map { $0["status"]?.string } == ["INCONCLUSIVE", "PASS"], "\(thresholds)")
                let app = try Self.server("app", in: report)
                let notes = (app["notes"]?.array ?? []).compactMap(\.string)
                #expect(
                    notes.contains {
                        $0.wholeMatch(of: /app: no figures for [3-9] of 25 s: connection refused in .*/) != nil
                    }
                )
                #expect(app["restarts"]?.array?.count == 1 && app["party"] == "target")
                let codes = (report.validation["fleet_events"]?.array ?? []).compactMap { $0["code"]?.string }
                #expect(codes.count { $0 == "server_silent" } >= 1 && codes.contains("server_restarted"))
                let jobs = try #require(app["series"]?.array?.first { $0["series"] == "jobs_total" }?["holds"]?[0])
                // Ten a second, and no negative rate over the restart.
                #expect(jobs["min"]?.number ?? -1 >= 0 && (8...12).contains(jobs["mean"]?.number ?? 0), "\(jobs)")
                let model = try Self.server("model", in: report)
                #expect(model["party"] == "inference" && model["notes"] == [], "\(model)")
                #expect(finished.output.contains("app: no figures for"))
                #expect(textOfFile(csv + "/servers.csv")?.contains(",app,queue,gauge,number,") == true)

                // What is stored gives the same.
                let again = scratch.file("again.json")
                let made = try await ProcessHarness.run(
                    Invocation.ape(
                        "ape-test",
                        ["report", "latest", "--output", again, "--results", scratch.file("results")]
                    ),
                    in: scratch
                )
                #expect(made.exitCode == 0, "\(made.errors)")
                let stored = try Report(again)
                #expect(stored.validation["servers"] == report.validation["servers"])
                #expect(stored.validation["thresholds"] == report.validation["thresholds"])
            }
        }

        @Test func aFigureThatFailsEndsTheRun() async throws {
            try await Scratch.with { scratch in
                let port = try FreePort.pick()
                let aborting = "{when: \"max(server{name=app, series=queue}) < 12\", abort: true}"
                let (finished, path) = try await Demo.with(in: scratch) { demo in
                    try await Self.beside(port, in: scratch) {
                        try await Ape.validate(
                            scenario: Self.scenario(demo, port: port, holdSeconds: 90, thresholds: [aborting]),
                            in: scratch
                        )
                    }
                }
                #expect(finished.exitCode == 1, "\(finished.errors)")
                let report = try Report(path)
                #expect(report.validation["run"]?["outcome"]?.string == "aborted")
                #expect(report.validation["thresholds"]?[0]?["ended_run"]?.bool == true)
            }
        }

        @Test func theDoctorTellsWhatIsShown() async throws {
            try await Scratch.with { scratch in
                let port = try FreePort.pick()
                let demo = Demo(shop: "http://127.0.0.1:9", inference: "http://127.0.0.1:9/v1")
                let file = try scratch.write(
                    "scenario.yml",
                    Self.scenario(
                        demo,
                        port: port,
                        holdSeconds: 3,
                        thresholds: ["max(server{name=app, series=queue}) < 5"]
                    )
                )
                let doctor = try Invocation.ape("ape-test", ["doctor", "--scenario", file, "--agents", "1"])
                let finished = try await Self.beside(port, in: scratch) {
                    try await Task.sleep(for: .seconds(1))
                    return try await ProcessHarness.run(doctor, in: scratch)
                }
                #expect(finished.output.contains("The server app shows queue, jobs_total in "), "\(finished.output)")
                #expect(finished.output.contains("The server model at http://127.0.0.1:9/metrics cannot be reached"))
                let mistaken = try await ProcessHarness.run(
                    Invocation.ape(
                        "ape-test",
                        [
                            "check",
                            scratch.write(
                                "mistaken.yml",
                                Self.scenario(
                                    demo,
                                    port: port,
                                    holdSeconds: 3,
                                    thresholds: ["max(server{name=app, series=quee}) < 5"]
                                )
                            ),
                        ]
                    ),
                    in: scratch
                )
                #expect(mistaken.exitCode == 2)
                #expect(
                    mistaken.errors.contains("app is not asked for quee; did you mean `queue`?"),
                    "\(mistaken.errors)"
                )
            }
        }
    }
}
