extension Scenario {
    /// The OpenAI-compatible endpoint that decides for the agents.
    package struct Inference: Sendable, Equatable {
        /// Such as `https://api.cerebras.ai/v1`, without a trailing slash.
        package var baseURL: String
        package var model: String
        /// Where the worker finds the API key; the key itself is never in a scenario.
        package var apiKey: SecretSource?
        package var toolMode: ToolMode = .tools
        package var temperature: Double?
        package var maxCompletionTokens: Int64 = 1024
        package var headers: [Header] = []
        /// Further members of the request's body, as they stand.
        package var body: JSONObject = [:]
        package var connectTimeoutMicros: Int64 = 10_000_000
        /// Until the first byte of the answer's head.
        package var firstByteTimeoutMicros: Int64 = 60_000_000
        package var totalTimeoutMicros: Int64 = 120_000_000
        package var httpVersion: HTTPVersion = .automatic
        package var proxy: String?
        package var caFile: String?
        /// The whole fleet's budget at this endpoint; nil for no governor.
        package var requestsPerMinute: Int64?

        package init(baseURL: String, model: String) {
            self.baseURL = baseURL
            self.model = model
        }
    }

    /// Where a secret is found on the worker's host.
    package enum SecretSource: Sendable, Equatable {
        case environment(name: String)
        case file(path: String)
    }

    package enum ToolMode: String, Sendable, CaseIterable {
        /// OpenAI function tools.
        case tools
        /// The model answers with one JSON object `{"tool": ..., "arguments": {...}}` as its content.
        case json
    }
}
