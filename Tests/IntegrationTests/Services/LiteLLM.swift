/// LiteLLM's proxy as an inference endpoint that is not ours. Its model answers the same text whatever it is asked and
/// never calls a tool: nonsense, by the book of the OpenAI protocol.
struct LiteLLM {
    /// The base of its API, such as `http://127.0.0.1:4000/v1`.
    let url: String
    /// What its clients must present.
    let key: String

    /// Runs `body` beside a proxy of its own. It takes some seconds to start.
    static func with<Value: Sendable>(
        programs: String,
        in scratch: Scratch,
        _ body: (LiteLLM) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.pick()
        let key = "sk-tests-\(UInt64.random(in: 0...UInt64.max))\(UInt64.random(in: 0...UInt64.max))"
        let configuration = try scratch.write("litellm.yaml", settings)
        var start = Invocation(
            "\(programs)/litellm",
            ["--config", configuration, "--host", "127.0.0.1", "--port", "\(port)", "--telemetry", "False"]
        )
        // Without a key of some length the proxy refuses to start.
        start.environment = ["LITELLM_MASTER_KEY": key, "LITELLM_LOG": "ERROR"]
        let base = "http://127.0.0.1:\(port)"
        return try await ProcessHarness.with(start, in: scratch) { program in
            _ = try await program.wait(for: "its liveliness", limit: .seconds(90)) {
                try? await Fetch.json("\(base)/health/liveliness", in: scratch)
            }
            return try await body(LiteLLM(url: base + "/v1", key: key))
        }
    }

    private static let settings = """
        model_list:
          - model_name: nonsense
            litellm_params:
              model: openai/nonsense
              api_key: none
              mock_response: I would buy the headphones now.
        """
}
