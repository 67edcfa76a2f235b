import ApeCore
import Testing

extension IntegrationTests {
    /// Each program says what it is, and so does the system's list of processes.
    @Suite(.timeLimit(.minutes(3)))
    struct Programs {
        @Test(arguments: ["ape-test", "ape-coordinator", "ape-worker"])
        func eachTellsItsVersion(program: String) async throws {
            try await Scratch.with { scratch in
                let said = try await ProcessHarness.run(.ape(program, ["--version"]), in: scratch)
                #expect(said.exitCode == 0, "\(said.errors)")
                #expect(said.output == ApeVersion.text + "\n")
            }
        }

        /// What a library logs of its own at this level holds descriptions of whatever it was given.
        @Test func theLogOfEverythingHasNoToken() async throws {
            try await Scratch.with { scratch in
                let secret = "geheim-geheim-geheim"
                let token = try scratch.write("token", secret + "\n")
                let worker = try Invocation.ape(
                    "ape-worker",
                    ["--coordinator", "127.0.0.1:1", "--token-file", token, "--log-level", "trace"]
                )
                let log = try await ProcessHarness.with(worker, in: scratch) { worker in
                    try await worker.line(containing: "cannot be reached")
                    return worker.output + worker.errors
                }
                #expect(log.contains("Starting service"))
                #expect(!log.contains(secret))
                let numbers = secret.utf8.map { "\($0)" }
                for separator in [", ", ","] { #expect(!log.contains(numbers.joined(separator: separator))) }
            }
        }

        /// As `ape-test` starts its coordinator: by its own path, and called otherwise.
        @Test func theCoordinatorIsWhatTheFileIsCalled() async throws {
            try await Scratch.with { scratch in
                let program = try Invocation.ape("ape-test", []).program
                let scenario = try scratch.write("scenario.yml", Example.look(at: "http://127.0.0.1:9"))
                let run = "run --scenario \(scenario) --listen 127.0.0.1:0 --results \(scratch.file("results"))"
                let called = Invocation("bash", ["-c", "exec -a /x/ape-coordinator \(program) \(run)"])
                _ = try await ProcessHarness.with(called, in: scratch) { coordinator in
                    try await Wait.until("its name in the list of processes", limit: .seconds(10)) {
                        textOfFile("/proc/\(coordinator.pid)/comm") == "ape-coordinator\n" ? true : nil
                    }
                }
            }
        }
    }
}
