/// The server of GNS3 as a target that is not ours, set up as `docs/examples/gns3.yml` says. Its users and projects are
/// the test's own.
struct GNS3 {
    let url: String

    private let server: RunningProgram

    /// Runs `body` beside a server of its own, whose OpenAPI document is `openapi.json` in `scratch`. It takes some
    /// seconds to start.
    static func with<Value: Sendable>(
        programs: String,
        in scratch: Scratch,
        _ body: (GNS3) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.pick()
        var start = Invocation("\(programs)/gns3server", ["--host", "127.0.0.1", "--port", "\(port)"])
        start.environment = ["HOME": try scratch.directory("gns3")]
        let url = "http://127.0.0.1:\(port)"
        return try await ProcessHarness.with(start, in: scratch) { server in
            _ = try await server.wait(for: "its OpenAPI document", limit: .seconds(90)) {
                let document = ["--output", scratch.file("openapi.json"), "\(url)/openapi.json"]
                let curl = Invocation("curl", ["--silent", "--fail", "--max-time", "10"] + document)
                return try await ProcessHarness.run(curl, in: scratch).exitCode == 0 ? true : nil
            }
            return try await body(GNS3(url: url, server: server))
        }
    }

    /// How many requests for a project that is not there the server has logged; of others it says nothing.
    func loggedMisses() -> Int {
        (server.output + server.errors).split(separator: "\n").count { $0.contains("Controller not found error") }
    }
}
