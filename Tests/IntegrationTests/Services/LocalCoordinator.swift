import ApeCore

/// A coordinator on loopback in the middle of its run; the workers are the test's own affair.
struct LocalCoordinator: Sendable {
    /// What a fleet of these tests shares.
    static let token = "a-secret-of-the-integration-tests"

    let program: RunningProgram
    /// `host:port`.
    let address: String
    /// Where it shows its run, such as `http://127.0.0.1:41236`.
    let http: String
    let tokenPath: String

    /// Runs `body`, which starts the workers, beside a coordinator that waits for so many of them, and waits for its
    /// verdict. Everything is written in `scratch`, the report as `report.json`.
    static func run<Value: Sendable>(
        scenario: String,
        workers: Int,
        flags: [String] = [],
        in scratch: Scratch,
        _ body: (LocalCoordinator) async throws -> Value
    ) async throws -> (value: Value, finished: FinishedProgram) {
        let readyFile = scratch.file("coordinator-ready.json")
        let tokenPath = try scratch.write("token", token + "\n")
        let invocation = try Invocation.ape(
            "ape-coordinator",
            [
                "run", "--scenario", scratch.write("scenario.yml", scenario), "--workers", "\(workers)", "--wait",
                "60s",
                "--listen", "127.0.0.1:0", "--token-file", tokenPath, "--ready-file", readyFile,
                "--output", scratch.file("report.json"), "--results", scratch.file("results"),
                "--http", "127.0.0.1:0",
            ] + flags
        )
        return try await ProcessHarness.supervise(invocation, in: scratch) { program in
            let ready = try await program.wait(for: "its ready file") {
                textOfFile(readyFile).flatMap { try? JSONValue(parsing: $0) }
            }
            guard let address = ready["control"]?.string, let http = ready["http"]?.string else {
                throw HarnessError("the ready file names no addresses: \(ready)")
            }
            let coordinator = LocalCoordinator(
                program: program,
                address: address,
                http: http,
                tokenPath: tokenPath
            )
            return try await body(coordinator)
        }
    }

    /// One of our workers for it, or for a relay that stands before it.
    func worker(_ name: String, at other: String? = nil, flags: [String] = []) throws -> Invocation {
        let fixed = ["--coordinator", other ?? address, "--token-file", tokenPath, "--once", "--name", name]
        return try Invocation.ape("ape-worker", fixed + flags)
    }

    var host: String { address.split(separator: ":").first.map(String.init) ?? "" }
    var port: String { address.split(separator: ":").last.map(String.init) ?? "" }

    /// Waits until the run is well under way.
    func untilSessionsGetThrough(in scratch: Scratch) async throws {
        try await program.untilSessionsGetThrough(at: http, in: scratch)
    }

    /// Waits until the coordinator has ended.
    func untilVerdict(limit: Duration = .seconds(120)) async throws {
        try await Wait.until("the coordinator's verdict", limit: limit) {
            LiveProcesses.isGone(program.pid) ? true : nil
        }
    }
}

/// The Python programs of `Tests/Reference`, which know nothing of our code.
enum Reference {
    static func python(_ script: String, _ arguments: [String]) -> Invocation {
        Invocation("python3", ["\(Invocation.tree)/Tests/Reference/\(script)"] + arguments)
    }
}
