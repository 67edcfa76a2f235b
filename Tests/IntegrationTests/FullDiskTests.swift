import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// A disk that is full in the middle of a run: the run ends in words, and goes on once there is space.
    @Suite(
        .timeLimit(.minutes(3)),
        .enabled(if: SmallDisk.isPossible, "needs root and the right to mount a file system in memory")
    )
    struct FullDisk {
        @Test func aRunWhoseDiskWasFullGoesOn() async throws {
            try await Self.with { stage in
                let failed = try await stage.run { program in
                    try await program.untilSessionsGetThrough(at: "http://\(stage.http)", in: stage.scratch)
                    try stage.disk.fill()
                }
                try expectFailure(failed)
                // There was no space for the report either: none is better than half of one.
                #expect(textOfFile(stage.reportPath) == nil)
                let lock = "results/run-\(try run(in: failed)).lock"
                #expect(!FileManager.default.fileExists(atPath: stage.disk.file(lock)))
                try stage.disk.free()
                #expect(try await stage.history()["outcome"]?.string == "unfinished")

                let finished = try await stage.run(["--resume", try run(in: failed)]) { _ in }
                #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                try await checkReport(Report(stage.reportPath), stage)
                let history = try await stage.history()
                #expect(history["exit_code"]?.integer == Int64(finished.exitCode))
                #expect(history["report"]?.string == stage.reportPath)
            }
        }

        @Test func spaceThatComesBackAtOnceEndsNoRunForGood() async throws {
            try await Self.with { stage in
                let failed = try await stage.run { program in
                    try await program.untilSessionsGetThrough(at: "http://\(stage.http)", in: stage.scratch)
                    try stage.disk.fill()
                    try await program.line(containing: "The run cannot be stored")
                    try stage.disk.free()
                }
                try expectFailure(failed)
                // What was measured until then is reported, as a run that did not get through.
                let report = try Report(stage.reportPath)
                try await report.expectSound(in: stage.scratch)
                #expect(report.validation["verdict"]?["exit_code"]?.integer == 4)
                #expect(report.count("target_requests") > 0)
                #expect(try await stage.history()["outcome"]?.string == "unfinished")
            }
        }

        /// A demo, a worker that waits for coordinators, and a small disk for what they write.
        private struct Stage {
            let scratch: Scratch
            let demo: Demo
            let disk: SmallDisk
            let control: String
            let http: String

            var reportPath: String { disk.file("report.json") }

            /// Runs a coordinator to its end, with `body` beside it.
            func run(
                _ flags: [String] = [],
                _ body: (RunningProgram) async throws -> Void
            ) async throws -> FinishedProgram {
                let invocation = try Invocation.ape(
                    "ape-coordinator",
                    [
                        "run", "--scenario", scratch.file("scenario.yml"), "--workers", "1", "--listen", control,
                        "--output", reportPath, "--results", disk.file("results"), "--http", http,
                    ] + flags
                )
                return try await ProcessHarness.supervise(invocation, in: scratch, body).finished
            }

            /// The one run of the list.
            func history() async throws -> JSONValue {
                let list = try Invocation.ape("ape-test", ["history", "--json", "--results", disk.file("results")])
                let finished = try await ProcessHarness.run(list, in: scratch)
                #expect(finished.exitCode == 0, "\(finished.errors)")
                return try #require(try JSONValue(parsing: finished.output)["runs"]?[0])
            }
        }

        private static func with(_ body: (Stage) async throws -> Void) async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    try await SmallDisk.with(megabytes: 4, in: scratch) { disk in
                        try scratch.write("scenario.yml", try Example.shop(demo, agents: 10, holdSeconds: 30))
                        let control = "127.0.0.1:\(try FreePort.pick())"
                        let http = "127.0.0.1:\(try FreePort.pick())"
                        let stage = Stage(scratch: scratch, demo: demo, disk: disk, control: control, http: http)
                        let worker = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "patient"])
                        try await ProcessHarness.with(worker, in: scratch) { _ in
                            try await body(stage)
                        }
                    }
                }
            }
        }

        private func expectFailure(_ failed: FinishedProgram) throws {
            #expect(failed.exitCode == 4)
            #expect(failed.errors.contains("The run can no longer be stored"), "\(failed.errors)")
            #expect(failed.errors.contains("is full"), "\(failed.errors)")
        }

        private func checkReport(_ report: Report, _ stage: Stage) async throws {
            try await report.expectSound(in: stage.scratch)
            #expect(report.outages.count == 1)
            // Seconds in which nothing ran are missing at most: from the full disk to the worker's return.
            #expect(report.missing.allSatisfy { $0["worker"]?.string == "patient" && $0["phase"]?.string == "hold" })
            let books = try #require(report.books["patient"])
            #expect(books["missing_seconds"]?.integer ?? .max < 10)
            let moved = try #require(report.reassignments.first)
            #expect(moved["reason"]?.string == "forgotten")
            #expect(moved["stood_still_seconds"]?.number ?? 0 >= report.outages[0]["seconds"]?.number ?? .infinity)
            // What was measured while the disk was full was kept, sent again, and counts once.
            let counted = try await stage.demo.shopStats(in: stage.scratch)["total"]?.integer
            #expect(counted == report.count("target_requests"))
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
