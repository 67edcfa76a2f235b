import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests {
    /// A disk that is full in the middle of a run: the run ends in words, and goes on once there is space.
    @Suite(
        .timeLimit(.minutes(3)),
        .enabled(if: SmallDisk.isPossible, "needs root and the right to mount a file system in memory")
    )
    struct FullDisk {
        @Test func aRunWhoseDiskWasFullGoesOn() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    try await SmallDisk.with(megabytes: 4, in: scratch) { disk in
                        let scenario = try Example.shop(demo, agents: 10, holdSeconds: 30)
                        try await check(demo, disk, scenario, in: scratch)
                    }
                }
            }
        }

        private func check(_ demo: Demo, _ disk: SmallDisk, _ scenario: String, in scratch: Scratch) async throws {
            let control = "127.0.0.1:\(try FreePort.pick())"
            let reportPath = disk.file("report.json")
            let common = [
                "run", "--scenario", try scratch.write("scenario.yml", scenario), "--workers", "1", "--listen", control,
                "--output", reportPath, "--results", disk.file("results"),
            ]
            // The worker stays: it must find its way back into the run.
            let worker = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "patient"])
            try await ProcessHarness.with(worker, in: scratch) { _ in
                let first = try Invocation.ape("ape-coordinator", common)
                let (_, failed) = try await ProcessHarness.supervise(first, in: scratch) { program in
                    _ = try await program.wait(for: "sessions that get through", limit: .seconds(40)) {
                        let orders = try await demo.shopStats(in: scratch)["orders_placed"]?.integer ?? 0
                        return orders >= 10 ? true : nil
                    }
                    try disk.fill()
                }
                #expect(failed.exitCode == 4)
                #expect(failed.errors.contains("The run can no longer be stored"), "\(failed.errors)")
                #expect(failed.errors.contains("is full"), "\(failed.errors)")
                // There was no space for the report either: none is better than half of one.
                #expect(textOfFile(reportPath) == nil)
                #expect(!FileManager.default.fileExists(atPath: disk.file("results/run-\(try run(in: failed)).lock")))
                try disk.free()

                let history = try await history(disk, in: scratch)
                #expect(history["outcome"]?.string == "unfinished")
                let second = try Invocation.ape("ape-coordinator", common + ["--resume", try run(in: failed)])
                let finished = try await ProcessHarness.run(second, in: scratch)
                #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                try await checkReport(Report(reportPath), demo, in: scratch)
                let after = try await self.history(disk, in: scratch)
                #expect(after["exit_code"]?.integer == Int64(finished.exitCode))
                #expect(after["report"]?.string == reportPath)
            }
        }

        private func checkReport(_ report: Report, _ demo: Demo, in scratch: Scratch) async throws {
            #expect(try await report.findings(in: scratch) == "")
            #expect(report.outages.count == 1)
            // Seconds in which nothing ran are missing at most: from the full disk to the worker's return.
            #expect(report.missing.allSatisfy { $0["worker"]?.string == "patient" && $0["phase"]?.string == "hold" })
            let books = try #require(report.books["patient"])
            #expect(books["missing_seconds"]?.integer ?? .max < 10)
            let moved = try #require(report.reassignments.first)
            #expect(moved["reason"]?.string == "forgotten")
            #expect(moved["stood_still_seconds"]?.number ?? 0 >= report.outages[0]["seconds"]?.number ?? .infinity)
            // What was measured while the disk was full was kept, sent again, and counts once.
            let counted = try await demo.shopStats(in: scratch)["total"]?.integer
            #expect(counted == report.count("target_requests"))
        }

        private func history(_ disk: SmallDisk, in scratch: Scratch) async throws -> JSONValue {
            let list = try Invocation.ape("ape-test", ["history", "--json", "--results", disk.file("results")])
            let finished = try await ProcessHarness.run(list, in: scratch)
            #expect(finished.exitCode == 0, "\(finished.errors)")
            return try #require(try JSONValue(parsing: finished.output)["runs"]?[0])
        }

        /// The identifier in `... continue it with --resume ID`.
        private func run(in finished: FinishedProgram) throws -> String {
            guard let tail = finished.errors.split(separator: "--resume ").dropFirst().first else {
                throw HarnessError("no way to go on in '\(finished.errors)'")
            }
            return String(tail.prefix { $0 != " " && $0 != "\n" })
        }
    }
}
