import ApeCore

/// The demo shop and the simulated inference endpoint as processes of their own, on ports that the system picks.
struct Demo: Sendable {
    /// The two base URLs, such as `http://127.0.0.1:41234` and `http://127.0.0.1:41235/v1`.
    let shop: String
    let inference: String

    /// A model that is quick enough for a short test: agents act a few times a second.
    static let quick = ["--ttft", "100ms", "--token-rate", "1000"]

    /// Runs `body` beside a demo started with further flags; the last of two that are alike counts.
    static func with<Value: Sendable>(
        _ flags: [String] = [],
        environment: [String: String] = [:],
        in scratch: Scratch,
        _ body: (Demo) async throws -> Value
    ) async throws -> Value {
        let readyFile = scratch.file("demo-ready.json")
        let listen = ["--shop-listen", "127.0.0.1:0", "--inference-listen", "127.0.0.1:0", "--ready-file", readyFile]
        var invocation = try Invocation.ape("ape-test", ["demo"] + listen + quick + flags)
        invocation.environment = environment
        return try await ProcessHarness.with(invocation, in: scratch) { program in
            let ready = try await program.wait(for: "its ready file") {
                textOfFile(readyFile).flatMap { try? JSONValue(parsing: $0) }
            }
            guard let shop = ready["shop"]?.string, let inference = ready["inference"]?.string else {
                throw HarnessError("the ready file names no addresses: \(ready)")
            }
            return try await body(Demo(shop: shop, inference: inference))
        }
    }

    /// What the shop itself counted, to be held against the report.
    func shopStats(in scratch: Scratch) async throws -> JSONValue {
        try await Fetch.json("\(shop)/demo/stats", in: scratch)
    }
}

/// One HTTP request by curl, a client that is not the one under test.
enum Fetch {
    /// What `url` answers, asked from a network namespace, or from this process's own.
    static func text(_ url: String, from namespace: String? = nil, in scratch: Scratch) async throws -> String {
        var curl = Invocation("curl", ["--silent", "--show-error", "--fail", "--max-time", "10", url])
        curl.namespace = namespace
        let finished = try await ProcessHarness.run(curl, in: scratch)
        guard finished.exitCode == 0 else { throw HarnessError("curl \(url): \(finished.errors)") }
        return finished.output
    }

    static func json(_ url: String, from namespace: String? = nil, in scratch: Scratch) async throws -> JSONValue {
        try JSONValue(parsing: try await text(url, from: namespace, in: scratch))
    }
}
