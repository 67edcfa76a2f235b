import ApeCore
import Glibc
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// `ape-test start` and the verbs beside it, with all their processes.
    @Suite(.timeLimit(.minutes(4)))
    struct StandingFleet {
        private func verb(_ arguments: [String], in scratch: Scratch) async throws -> FinishedProgram {
            let all = arguments + ["--results", scratch.file("results")]
            return try await ProcessHarness.run(try Invocation.ape("ape-test", all), in: scratch)
        }

        private func status(in scratch: Scratch) async throws -> JSONValue? {
            let finished = try await verb(["status", "--json"], in: scratch)
            return finished.exitCode == 0 ? try JSONValue(parsing: finished.output) : nil
        }

        /// Waits until so many agents are at work.
        private func agents(_ number: Int64, in scratch: Scratch) async throws {
            try await Wait.until("\(number) active agents", limit: .seconds(60)) {
                let status = try await status(in: scratch)
                return status?["progress"]?["active_agents"]?.integer == number ? true : nil
            }
        }

        /// The processes that the fleet has recorded.
        private func pids(in scratch: Scratch) throws -> [Int32] {
            let text = textOfFile(scratch.file("results/fleet/state.json")) ?? ""
            let all = try JSONValue(parsing: text)["processes"]?.array ?? []
            return all.compactMap { $0["pid"]?.integer.map(Int32.init) }
        }

        private let start = ["start", "--agents", "6", "--http", "127.0.0.1:0", "--ttft", "100ms", "--detach"]

        @Test func standsIsScaledAndEndsWithAReport() async throws {
            try await Scratch.with { scratch in
                let started = try await verb(start, in: scratch)
                #expect(started.exitCode == 0, "\(started.errors)")
                #expect(started.output.contains("ape-test stop"))
                let pids = try pids(in: scratch)
                // The starter, its coordinator, two workers and the demo's two halves.
                #expect(pids.count == 6)
                try await agents(6, in: scratch)
                let second = try await verb(start, in: scratch)
                #expect(second.exitCode == 2)
                #expect(second.errors.contains("ape-test stop"))
                for number in [10, 3] {
                    let scaled = try await verb(["scale", "--agents", "\(number)"], in: scratch)
                    #expect(scaled.exitCode == 0, "\(scaled.errors)")
                    try await agents(Int64(number), in: scratch)
                }
                try await logs(in: scratch)
                let stopped = try await verb(["stop"], in: scratch)
                #expect(stopped.exitCode == 0, "\(stopped.errors)")
                #expect(pids.allSatisfy(LiveProcesses.isGone))
                let report = try Report(scratch.file("results/report.json"))
                try await report.expectSound(in: scratch)
                let stages = report.validation["stages"]?.array ?? []
                #expect(stages.compactMap { $0["target_agents"]?.integer } == [6, 10, 3])
                #expect(report.validation["run"]?["outcome"]?.string == "finished")
                #expect(report.count("actions") > 0)
                #expect(try await verb(["status"], in: scratch).exitCode == 4)
                #expect(try await verb(["scale", "--agents", "5"], in: scratch).exitCode == 4)
                #expect(try await verb(["stop"], in: scratch).exitCode == 0)
            }
        }

        private func logs(in scratch: Scratch) async throws {
            let all = try await verb(["logs"], in: scratch)
            #expect(all.exitCode == 0)
            #expect(all.output.contains(" worker-1 "))
            #expect(all.output.contains(" coordinator "))
            let one = try await verb(["logs", "--worker", "worker-1"], in: scratch)
            #expect(one.output.contains(" worker-1 "))
            #expect(!one.output.contains(" worker-2 "))
            let quiet = try await verb(["logs", "--worker", "worker-1", "--level", "critical"], in: scratch)
            #expect(quiet.output == "")
            let none = try await verb(["logs", "--worker", "worker-9"], in: scratch)
            #expect(none.exitCode == 2)
            #expect(none.errors.contains("worker-1"))
        }

        @Test func nothingOutlivesAStarterThatIsKilled() async throws {
            try await Scratch.with { scratch in
                let started = try await verb(start, in: scratch)
                #expect(started.exitCode == 0, "\(started.errors)")
                let pids = try pids(in: scratch)
                try await agents(6, in: scratch)
                kill(try #require(pids.first), SIGKILL)
                let stopped = try await verb(["stop"], in: scratch)
                #expect(stopped.exitCode == 0, "\(stopped.errors)")
                #expect(pids.allSatisfy(LiveProcesses.isGone))
                #expect(textOfFile(scratch.file("results/fleet/state.json")) == nil)
            }
        }

        @Test func inTheForegroundItIsWatchedAndEndsWithTheTerminal() async throws {
            try await Scratch.with { scratch in
                let arguments = [
                    "start", "--agents", "4", "--workers", "1", "--http", "127.0.0.1:0", "--ttft", "100ms",
                ]
                let starter = try Invocation.ape("ape-test", arguments + ["--results", scratch.file("results")])
                let (session, finished) = try await ProcessHarness.supervise(starter, in: scratch) { program in
                    let http = try #require(try await program.line(containing: "metrics at").split(separator: " ").last)
                    try await agents(4, in: scratch)
                    let remote = try Invocation.ape("ape-test", ["status", "--coordinator", String(http)])
                    let shown = try await ProcessHarness.run(remote, in: scratch)
                    #expect(shown.exitCode == 0, "\(shown.errors)")
                    #expect(shown.output.contains("active of 4"))
                    let follow = ["logs", "--worker", "coordinator", "--follow", "--results", scratch.file("results")]
                    try await ProcessHarness.with(try Invocation.ape("ape-test", follow), in: scratch) { logs in
                        try await logs.line(containing: "listening for workers")
                        #expect(try await verb(["scale", "--agents", "2"], in: scratch).exitCode == 0)
                        try await logs.line(containing: "the fleet goes to 2 agents")
                    }
                    try await agents(2, in: scratch)
                    let watch = ["status", "--watch", "--results", scratch.file("results")]
                    try await ProcessHarness.with(try Invocation.ape("ape-test", watch), in: scratch) { status in
                        try await status.line(containing: "/2 agents")
                        try program.interruptGroup()
                        try await status.line(containing: "the run has ended")
                    }
                    return program.pid
                }
                // The machine may be too busy for a verdict.
                #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                #expect(finished.output.contains("Report: "))
                #expect(LiveProcesses.ofSession(session) == [])
                try await Report(scratch.file("results/report.json")).expectSound(in: scratch)
            }
        }
    }
}
