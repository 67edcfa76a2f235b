import ApeCore
import Subprocess
import Testing

extension IntegrationTests {
    /// A coordinator that is killed outright and started again takes the run up where it was.
    @Suite(.timeLimit(.minutes(3)))
    struct Resume {
        @Test func aRunSurvivesItsCoordinator() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let scenario = try scratch.write("scenario.yml", Example.shop(demo, agents: 10, holdSeconds: 16))
                    let control = "127.0.0.1:\(try FreePort.pick())"
                    let reportPath = scratch.file("report.json")
                    let common = [
                        "run", "--scenario", scenario, "--workers", "1", "--listen", control, "--output", reportPath,
                        "--results", scratch.file("results"),
                    ]
                    let worker = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "survivor"])
                    try await ProcessHarness.with(worker, in: scratch) { _ in
                        let first = try Invocation.ape("ape-coordinator", common)
                        let (run, killed) = try await ProcessHarness.supervise(first, in: scratch) { program in
                            let run = try runIdentifier(await program.line(containing: "listening for workers"))
                            _ = try await program.wait(for: "sessions that get through", limit: .seconds(40)) {
                                let orders = try await demo.shopStats(in: scratch)["orders_placed"]?.integer ?? 0
                                return orders >= 10 ? true : nil
                            }
                            try program.send(.kill)
                            return run
                        }
                        #expect(killed.exitCode == -9)
                        let second = try Invocation.ape("ape-coordinator", common + ["--resume", run])
                        let finished = try await ProcessHarness.run(second, in: scratch)
                        #expect(finished.exitCode == 0, "\(finished.errors)")
                        let report = try Report(reportPath)
                        #expect(try await report.findings(in: scratch) == "")
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
