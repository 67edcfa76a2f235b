import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Measured {
    /// `ape-test capacity` and a plan that searches, against a target of known capacity.
    @Suite(.timeLimit(.minutes(6)))
    struct Capacity {
        /// No number of agents is right at the limit, where each try of it would be the toss of a coin.
        private static func scenario(_ target: PythonServer, plan: String = "") -> String {
            """
            name: servers
            kpi_targets: {mtba_threshold: 1.005}
            targets: {servers: "\(target.url)"}
            goals:
              get: {script: [GET /]}
            \(plan)
            """
        }

        @Test func twoServersCarryWhatTheyCarry() async throws {
            try await Scratch.with { scratch in
                let programs = "/usr/bin"
                try await PythonServer.with(
                    "servers.py",
                    ["2", "0.02"],
                    answering: "/",
                    programs: programs,
                    in: scratch
                ) {
                    target in
                    let path = try scratch.write("scenario.yml", Self.scenario(target))
                    let reportPath = scratch.file("report.json")
                    let search = try Invocation.ape(
                        "ape-test",
                        [
                            "capacity", "--scenario", path, "--to", "400", "--hold", "5s", "--ramp", "1s", "--warmup",
                            "2s", "--output", reportPath, "--html", scratch.file("report.html"), "--junit",
                            scratch.file("junit.xml"), "--results", scratch.file("results"),
                        ]
                    )
                    let finished = try await ProcessHarness.run(search, in: scratch)
                    #expect(finished.exitCode == 0, "\(finished.output)\n\(finished.errors)")
                    let report = try Report(reportPath)
                    try await report.expectSound(in: scratch)
                    let capacity = try #require(report.validation["capacity"])
                    // 100 a second: a mean time between actions of a second at 100 agents.
                    let value = try #require(capacity["value"]?.number)
                    #expect((85...115).contains(value), "\(capacity.text)")
                    #expect(capacity["status"] == "PASS" && capacity["party"] == "target" && capacity["of"] == "agents")
                    #expect(capacity["bound"]?["condition"] == "mtba_threshold")
                    #expect(capacity["interval"]?["low"]?.number ?? 0 <= value)
                    #expect(capacity["interval"]?["high"]?.number ?? 0 >= value)
                    #expect(
                        report.status(.mtbaThreshold) == "PASS"
                            && report.status(.maxConcurrentAgents) == "NOT_EXERCISED"
                    )
                    #expect(finished.output.contains("Capacity: \(Int(value)) agents ("))
                    let junit = try #require(textOfFile(scratch.file("junit.xml")))
                    #expect(junit.contains("classname=\"ape.capacity\"") && !junit.contains("type=\"critical\""))
                    let page = try #require(textOfFile(scratch.file("report.html")))
                    #expect(page.contains("<h2>Capacity</h2>") && page.contains("mtba_threshold by agents"))
                    let history = try Invocation.ape("ape-test", ["history", "--results", scratch.file("results")])
                    let list = try await ProcessHarness.run(history, in: scratch)
                    #expect(list.output.contains("capacity \(Int(value)) agents"))
                }
            }
        }

        @Test func aSearchSurvivesItsCoordinator() async throws {
            try await Scratch.with { scratch in
                try await PythonServer.with(
                    "servers.py",
                    ["50", "0.3"],
                    answering: "/",
                    programs: "/usr/bin",
                    in: scratch
                ) {
                    target in
                    let plan = "plan: {search: {from: 5, to: 20, hold: 3s, ramp: 1s, warmup: 1s}}"
                    let path = try scratch.write("scenario.yml", Self.scenario(target, plan: plan))
                    let control = "127.0.0.1:\(try FreePort.pick())"
                    let reportPath = scratch.file("report.json")
                    let common = [
                        "run", "--scenario", path, "--workers", "1", "--listen", control, "--output", reportPath,
                        "--results", scratch.file("results"),
                    ]
                    let worker = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "survivor"])
                    try await ProcessHarness.with(worker, in: scratch) { _ in
                        let first = try Invocation.ape("ape-coordinator", common)
                        let (_, killed) = try await ProcessHarness.supervise(first, in: scratch) { program in
                            _ = try await program.line(containing: "try_2: 10 agents PASS", limit: .seconds(90))
                            try program.send(.kill)
                        }
                        #expect(killed.exitCode == -9)
                        let second = try Invocation.ape("ape-coordinator", common + ["--resume", "latest"])
                        let finished = try await ProcessHarness.run(second, in: scratch)
                        #expect(finished.exitCode == 0, "\(finished.output)\n\(finished.errors)")
                        let report = try Report(reportPath)
                        try await report.expectSound(in: scratch)
                        let capacity = try #require(report.validation["capacity"])
                        #expect(capacity["value"]?.number == 20 && capacity["interval"]?["high"] == .null)
                        let tries = capacity["tries"]?.array ?? []
                        // Those that were made are not made again; one that the outage spoiled is.
                        let passed = tries.filter { $0["status"] == "PASS" }.compactMap { $0["value"]?.number }
                        #expect(passed == [5, 10, 20, 20], "\(capacity.text)")
                        #expect(tries.count <= 5)
                    }
                }
            }
        }
    }
}
