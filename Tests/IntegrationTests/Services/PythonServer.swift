/// A small server of `Tests/Reference` in Python, with the package that it is made with, as a target that is not ours.
struct PythonServer {
    let url: String

    /// Runs `body` beside a server on a port of its own: a file of `Tests/Reference`, run by the Python in `programs`
    /// and there once it serves the page `path`.
    static func with<Value: Sendable>(
        _ script: String,
        _ flags: [String] = [],
        answering path: String,
        programs: String,
        in scratch: Scratch,
        _ body: (PythonServer) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.pick()
        let start = Invocation(
            "\(programs)/python3",
            ["\(Invocation.tree)/Tests/Reference/\(script)", "\(port)"] + flags
        )
        let url = "http://127.0.0.1:\(port)"
        return try await ProcessHarness.with(start, in: scratch) { program in
            _ = try await program.wait(for: "its first page") {
                let curl = Invocation("curl", ["--silent", "--output", "/dev/null", "--max-time", "5", url + path])
                return try await ProcessHarness.run(curl, in: scratch).exitCode == 0 ? true : nil
            }
            return try await body(PythonServer(url: url))
        }
    }
}
