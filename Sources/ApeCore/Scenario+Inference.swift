extension Scenario {
    /// The endpoint whose model decides for the agents.
    package struct Inference: Sendable, Equatable {
        /// Such as `https://api.cerebras.ai/v1`, without a trailing slash and without its query.
        package var baseURL: String
        /// What follows `?` in every request's address, such as `api-version=2024-10-21`; nil for no query.
        package var urlQuery: String?
        package var api: InferenceAPI = .chat
        package var model: String
        /// Where the worker finds the API key; the key itself is never in a scenario.
        package var apiKey: SecretSource?
        /// The header that carries the key; nil for the one that the API uses. Under `Authorization` the key follows
        /// `Bearer`, under any other name it stands alone.
        package var apiKeyHeader: String?
        package var toolMode: ToolMode = .tools
        package var temperature: Double?
        package var maxCompletionTokens: Int64 = 1024
        /// The member of the request's body under which `maxCompletionTokens` goes; nil for the API's own name.
        package var tokenLimitKey: String?
        /// Whether the model may ask for several calls at once; nil for what the endpoint does of itself.
        package var parallelToolCalls: Bool?
        /// Whether schemas that constrained decoding can hold a model to are sent as strict ones.
        package var usesStrictSchemas = true
        package var headers: [Header] = []
        /// Members of the request's body, which win over what the agent sends of itself; null removes a member.
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
        /// What tokens cost; nil where nothing is said of cost.
        package var price: TokenPrice?
        /// What the run may cost in the price's currency, after which it ends with a report; nil for no limit.
        package var budget: Double?

        /// The address as a scenario has it, with its query.
        package var url: String { baseURL + (urlQuery.map { "?\($0)" } ?? "") }

        package init(baseURL: String, model: String) {
            self.baseURL = baseURL
            self.model = model
        }
    }

    /// How an endpoint is spoken to.
    package enum InferenceAPI: String, Sendable, CaseIterable {
        /// OpenAI's Chat Completions, which most servers speak.
        case chat
        /// OpenAI's Responses, stateless.
        case responses
        /// Anthropic's Messages.
        case messages

        /// What follows an endpoint's address in its requests.
        package var path: String {
            switch self {
            case .chat: "/chat/completions"
            case .responses: "/responses"
            case .messages: "/messages"
            }
        }
    }

    /// What a million tokens cost, in any one currency.
    package struct TokenPrice: Sendable, Equatable {
        package var input: Double
        /// Tokens of the prompt that the endpoint read from its cache; nil for the price of any input.
        package var cachedInput: Double?
        /// Tokens of the prompt that the endpoint wrote into its cache; nil for the price of any input.
        package var cacheWrite: Double?
        /// Reasoning included.
        package var output: Double

        package init(input: Double, output: Double) {
            self.input = input
            self.output = output
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
