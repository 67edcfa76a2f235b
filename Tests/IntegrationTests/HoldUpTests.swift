import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// Readers that take nothing and a database that others hold: neither holds a run up.
    @Suite(.timeLimit(.minutes(4)))
    struct HoldUps {
        @Test func aDatabaseThatIsLockedForAWhileCostsTheRunNothing() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let (_, finished) = try await LocalCoordinator.run(
                        scenario: Example.shop(demo, agents: 5, holdSeconds: 20),
                        workers: 1,
                        in: scratch
                    ) { coordinator in
                        try await ProcessHarness.with(coordinator.worker("patient"), in: scratch) { _ in
                            try await coordinator.untilSessionsGetThrough(in: scratch)
                            let lock = Self.lock(scratch.file("results/ape.sqlite"), seconds: 12)
                            let holder = try await ProcessHarness.run(lock, in: scratch)
                            #expect(holder.exitCode == 0, "\(holder.errors)")
                            try await coordinator.untilVerdict()
                        }
                    }
                    #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                    #expect(finished.errors.contains("The store is busy"), "\(finished.errors)")
                    #expect(finished.errors.contains("the run's database took nothing for"), "\(finished.errors)")
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    let stalls = report.validation["completeness"]?["store_stalls"]?.array ?? []
                    #expect(stalls.count == 1)
                    #expect((8...16).contains(stalls.first?["seconds"]?.number ?? 0))
                    let books = try #require(report.books["patient"])
                    #expect(books["missing_seconds"]?.integer == 0)
                    #expect(books["disconnections"]?.array == [])
                    let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                    #expect(counted == report.count("target_requests"))
                }
            }
        }

        /// Where the words go that nobody takes.
        enum Deaf: String, CaseIterable, Sendable {
            case errors = "exec \"$0\" \"$@\" 2>&9"
            case output = "exec \"$0\" \"$@\" >&9"
            case errorsOfAFullDisk = "exec \"$0\" \"$@\" 2>/dev/full"
            case errorsThatAreClosed = "exec \"$0\" \"$@\" 2>&-"
        }

        @Test(arguments: Deaf.allCases)
        func whoTakesNoWordHoldsNoRunUp(deaf: Deaf) async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let ready = scratch.file("ready.json")
                    let token = try scratch.write("token", LocalCoordinator.token)
                    let own = try Invocation.ape(
                        "ape-coordinator",
                        [
                            "run", "--scenario",
                            scratch.write("scenario.yml", Example.shop(demo, agents: 5, holdSeconds: 8)),
                            "--workers", "1", "--listen", "127.0.0.1:0", "--token-file", token, "--ready-file", ready,
                            "--output", scratch.file("report.json"), "--results", scratch.file("results"),
                            "--log-level", "debug", "--no-http",
                        ]
                    )
                    // A pipe that is full, and open for as long as the program lives.
                    let full =
                        "mkfifo \(scratch.file("pipe")); exec 9<>\(scratch.file("pipe")); head -c 65536 /dev/zero >&9; "
                    let invocation = Invocation("sh", ["-c", full + deaf.rawValue, own.program] + own.arguments)
                    let start = ContinuousClock.now
                    let (_, finished) = try await ProcessHarness.supervise(invocation, in: scratch) { program in
                        let address = try await program.wait(for: "its ready file") {
                            try textOfFile(ready).map { try JSONValue(parsing: $0) }?["control"]?.string
                        }
                        let worker = try Invocation.ape(
                            "ape-worker",
                            ["--coordinator", address, "--token-file", token, "--once", "--name", "w"]
                        )
                        let ended = try await ProcessHarness.run(worker, in: scratch)
                        #expect(ended.exitCode == 0, "\(ended.errors)")
                    }
                    #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                    #expect(ContinuousClock.now - start < .seconds(60))
                    let report = try Report(scratch.file("report.json"))
                    #expect(report.validation["verdict"]?["exit_code"]?.integer == Int64(finished.exitCode))
                    #expect(report.books["w"]?["missing_seconds"]?.integer == 0)
                    if deaf == .output {
                        #expect(finished.errors.contains("the pipe of standard output takes nothing"))
                    } else {
                        #expect(finished.output.contains("Overall"), "\(finished.output)")
                    }
                }
            }
        }

        @Test func aWorkerTakesNoMoreAgentsThanItsOperatorAllows() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let check = try Invocation.ape(
                        "ape-test",
                        ["check", "--json", scratch.write("look.yml", Example.look(at: demo.shop))]
                    )
                    let document = try await ProcessHarness.run(check, in: scratch)
                    #expect(document.exitCode == 0, "\(document.errors)")
                    let scenario = try scratch.write("look.json", document.output)
                    let portFile = scratch.file("port")
                    let words = [portFile, scenario, "3"]
                    let (_, said) = try await ProcessHarness.supervise(
                        Reference.python("overassign.py", words),
                        in: scratch
                    ) { coordinator in
                        let port = try await coordinator.wait(for: "its port") { textOfFile(portFile) }
                        let worker = try Invocation.ape(
                            "ape-worker",
                            ["--coordinator", "127.0.0.1:\(port)", "--once", "--max-agents", "2", "--name", "w"]
                        )
                        let ended = try await ProcessHarness.run(worker, in: scratch)
                        let words = "The coordinator assigns more agents than this worker takes"
                        #expect(ended.errors.contains(words), "\(ended.errors)")
                    }
                    let lines = try said.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
                    #expect(lines.map { $0["type"]?.string } == ["prepared", "refused", "stopped"], "\(said.errors)")
                    #expect(lines.dropFirst().first?["code"]?.string == "too_many_agents")
                    #expect(lines.last?["last_seq"]?.integer == 0)
                    #expect(try await demo.shopStats(in: scratch)["total"]?.integer == 0)
                }
            }
        }

        /// Another process that has the database locked for a time.
        private static func lock(_ database: String, seconds: Int) -> Invocation {
            let script = """
                import sqlite3, sys, time
                store = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
                store.execute("BEGIN IMMEDIATE")
                time.sleep(float(sys.argv[2]))
                store.execute("ROLLBACK")
                """
            return Invocation("python3", ["-c", script, database, "\(seconds)"])
        }
    }
}
