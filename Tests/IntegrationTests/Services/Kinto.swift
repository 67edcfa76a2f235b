/// Kinto, a storage service over HTTP, as a target that is not ours, set up as `docs/examples/kinto.yml` says. It keeps
/// everything in memory.
struct Kinto {
    /// Where its API is, such as `http://127.0.0.1:8888/v1`.
    let url: String

    /// Runs `body` beside a server of its own.
    static func with<Value: Sendable>(
        programs: String,
        in scratch: Scratch,
        _ body: (Kinto) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.pick()
        let configuration = scratch.file("kinto.ini")
        let memory = ["--backend", "memory", "--cache-backend", "memory", "--host", "127.0.0.1"]
        let made = try await ProcessHarness.run(
            Invocation("\(programs)/kinto", ["init", "--ini", configuration] + memory),
            in: scratch
        )
        guard made.exitCode == 0 else { throw HarnessError("kinto init: \(made.errors)") }
        let start = Invocation("\(programs)/kinto", ["start", "--ini", configuration, "--port", "\(port)"])
        let url = "http://127.0.0.1:\(port)/v1"
        return try await ProcessHarness.with(start, in: scratch) { program in
            _ = try await program.wait(for: "its heartbeat") {
                try? await Fetch.json("\(url)/__heartbeat__", in: scratch)
            }
            return try await body(Kinto(url: url))
        }
    }
}
