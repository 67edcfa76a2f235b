import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// A coordinator that is killed outright and started again takes the run up where it was.
    @Suite(.timeLimit(.minutes(3)))
    struct Resume {
        @Test func aRunSurvivesItsCoordinator() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let scenario = try scratch.write("scenario.yml", Example.shop(demo, agents: 10, holdSeconds: 16))
                    let control = "127.0.0.1:\(try FreePort.pick())"
                    let reportPath = scratch.file("report.json")
                    let http = "127.0.0.1:\(try FreePort.pick())"
                    let common = [
                        "run", "--scenario", scenario, "--workers", "1", "--listen", control, "--output", reportPath,
                        "--results", scratch.file("results"), "--http", http,
                    ]
                    let worker = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "survivor"])
                    try await ProcessHarness.with(worker, in: scratch) { _ in
                        let first = try Invocation.ape("ape-coordinator", common + ["--seed", "4711"])
                        let (before, killed) = try await ProcessHarness.supervise(first, in: scratch) { program in
                            let run = try runIdentifier(await program.line(containing: "listening for workers"))
                            try await program.untilSessionsGetThrough(at: "http://\(http)", in: scratch)
                            let counters = try await counters("http://\(http)", in: scratch)
                            try program.send(.kill)
                            return (run: run, counters: counters)
                        }
                        #expect(killed.exitCode == -9)
                        let second = try Invocation.ape("ape-coordinator", common + ["--resume", "latest"])
                        let (after, finished) = try await ProcessHarness.supervise(second, in: scratch) { program in
                            let run = try runIdentifier(await program.line(containing: "listening for workers"))
                            #expect(run == before.run)
                            return try await program.wait(for: "its metrics") {
                                try? await counters("http://\(http)", in: scratch)
                            }
                        }
                        // Of two pages that nothing but the outage lies between, the later one never says less.
                        #expect(!before.counters.isEmpty)
                        for (name, value) in before.counters { #expect(after[name] ?? 0 >= value, "\(name)") }
                        #expect(finished.exitCode == 0, "\(finished.errors)")
                        let report = try Report(reportPath)
                        try await report.expectSound(in: scratch)
                        #expect(report.validation["run"]?["seed"]?.string == "4711")
                        #expect(report.missing.isEmpty)
                        let outage = try #require(report.outages.first)
                        #expect(report.outages.count == 1)
                        #expect((0.1..<10).contains(outage["seconds"]?.number ?? 0))
                        let books = try #require(report.books["survivor"])
                        #expect(books["disconnections"]?.array?.count == 1)
                        #expect(report.reassignments.isEmpty)
                        #expect(finished.output.contains("Completeness: the coordinator was away for "))
                        // Every window counts once, whichever coordinator it was sent to.
                        let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                        #expect(counted == report.count("target_requests"))
                    }
                }
            }
        }

        /// A pod that is evicted, a unit that is restarted: the same command goes on with the run, and its stage with it.
        @Test func aRunSurvivesACoordinatorThatWasToldToEnd() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let shop = try Example.shop(demo, agents: 10, holdSeconds: 14)
                    // The demo's own speed is not what is tested.
                    let scenario = try scratch.write("scenario.yml", shop + "kpi_targets: {mtba_threshold: 60}\n")
                    let control = "127.0.0.1:\(try FreePort.pick())"
                    let http = "127.0.0.1:\(try FreePort.pick())"
                    let reportPath = scratch.file("report.json")
                    let coordinator = try Invocation.ape(
                        "ape-coordinator",
                        [
                            "run", "--scenario", scenario, "--workers", "1", "--listen", control, "--output",
                            reportPath,
                            "--results", scratch.file("results"), "--http", http, "--resume", "latest",
                        ]
                    )
                    let worker = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "survivor"])
                    try await ProcessHarness.with(worker, in: scratch) { _ in
                        let (run, suspended) = try await ProcessHarness.supervise(coordinator, in: scratch) { program in
                            let run = try runIdentifier(await program.line(containing: "listening for workers"))
                            try await program.untilSessionsGetThrough(at: "http://\(http)", in: scratch)
                            try program.send(.terminate)
                            return run
                        }
                        #expect(suspended.exitCode == 143, "\(suspended.errors)")
                        #expect(suspended.output.contains("The run is suspended, and goes on with --resume"))
                        let soFar = try Report(scratch.write("so-far.json", textOfFile(reportPath) ?? ""))
                        #expect(soFar.validation["run"]?["outcome"]?.string == "suspended")
                        #expect(soFar.count("target_requests") > 0)
                        let (again, finished) = try await ProcessHarness.supervise(coordinator, in: scratch) {
                            try runIdentifier(await $0.line(containing: "listening for workers"))
                        }
                        #expect(again == run)
                        #expect(finished.exitCode == 0, "\(finished.errors)")
                        let report = try Report(reportPath)
                        try await soFar.expectSound(in: scratch)
                        try await report.expectSound(in: scratch)
                        #expect(report.missing.isEmpty && report.reassignments.isEmpty)
                        #expect(report.outages.count == 1)
                        #expect(report.validation["completeness"]?["pauses"]?.array?.isEmpty == true)
                        let starts = [soFar, report].map { $0.validation["stages"]?[0]?["start_time"]?.string }
                        #expect(starts[0] != nil && starts[0] == starts[1])
                        let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                        #expect(counted == report.count("target_requests"))
                        // A run that has ended is not gone on with.
                        let (next, _) = try await ProcessHarness.supervise(coordinator, in: scratch) { program in
                            let next = try runIdentifier(await program.line(containing: "listening for workers"))
                            try program.send(.interrupt)
                            return next
                        }
                        #expect(next != run)
                    }
                }
            }
        }

        /// Every counter and every count of a histogram.
        private func counters(_ http: String, in scratch: Scratch) async throws -> [String: Double] {
            try await MetricsPage(of: http, in: scratch).samples.filter { sample, _ in
                let name = sample.prefix { $0 != "{" }
                let grows = ["_total", "_bucket", "_sum", "_count"].contains { name.hasSuffix($0) }
                return grows && name != "ape_concurrent_agents_count"
            }
        }

        /// The identifier in `run ID: listening for workers on HOST:PORT`.
        private func runIdentifier(_ line: String) throws -> String {
            let words = line.split(separator: " ")
            guard words.count > 1, words[0] == "run", words[1].hasSuffix(":") else {
                throw HarnessError("no run identifier in '\(line)'")
            }
            return String(words[1].dropLast())
        }
    }
}
