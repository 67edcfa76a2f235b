extension Scenario.Inference: ScenarioMap {
    static let section = "inference"

    static let settings: [ScenarioSetting<Self>] =
        endpointSettings + keySettings + requestSettings + transferSettings + costSettings

    private static let endpointSettings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "api",
            \.api,
            .choice,
            "`chat` is OpenAI's Chat Completions, which most servers speak; `responses` OpenAI's Responses, without state "
                + "at the server; `messages` Anthropic's Messages"
        ),
        url,
        ScenarioSetting(
            "model",
            \.model,
            .text(atMost: 256),
            demand: "the model's name as the endpoint knows it",
            "the model's name as the endpoint knows it"
        ),
    ]

    private static let keySettings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "api_key_env",
            \.apiKey,
            .keyVariable(),
            usual: "no key",
            "the environment variable of the workers that holds the key"
        ),
        ScenarioSetting(
            "api_key_file",
            \.apiKey,
            .keyFile,
            usual: "no key",
            "the file on the workers' hosts that holds the key"
        ),
        ScenarioSetting(
            "api_key_header",
            \.apiKeyHeader,
            .keyHeader,
            usual: "`Authorization`; `x-api-key` with `messages`",
            "the header that carries the key: after `Bearer` under `Authorization`, alone under any other name"
        ),
    ]

    private static let requestSettings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "tool_mode",
            \.toolMode,
            .choice,
            "`tools` offers function tools; `json` asks for one JSON object as the answer"
        ),
        ScenarioSetting("temperature", \.temperature, .number(0...2), usual: "the endpoint's"),
        ScenarioSetting("max_completion_tokens", \.maxCompletionTokens, .integer(1...1_000_000), "of one decision"),
        ScenarioSetting(
            "token_limit_key",
            \.tokenLimitKey,
            .member,
            usual: "`max_completion_tokens`; `max_output_tokens` with `responses`, `max_tokens` with `messages`",
            "the member of the request's body under which `max_completion_tokens` goes"
        ),
        ScenarioSetting(
            "parallel_tool_calls",
            \.parallelToolCalls,
            .flag,
            usual: "the endpoint's",
            "whether the model may ask for several calls at once"
        ),
        ScenarioSetting(
            "strict_schemas",
            \.usesStrictSchemas,
            .flag,
            "whether schemas that constrained decoding can hold a model to are sent as strict ones"
        ),
        ScenarioSetting("headers", \.headers, .keyless(), "further headers; none that carries a key"),
        ScenarioSetting(
            "body",
            \.body,
            .requestBody,
            "members of the request's body, in place of what the agent sends of itself; `null` removes one, such as "
                + "`stream_options: null`"
        ),
    ]

    private static let transferSettings: [ScenarioSetting<Self>] = [
        ScenarioSetting("connect_timeout", \.connectTimeoutMicros, wait),
        ScenarioSetting("first_byte_timeout", \.firstByteTimeoutMicros, wait, "until the answer's head"),
        ScenarioSetting("total_timeout", \.totalTimeoutMicros, wait, "until the stream's end"),
        ScenarioSetting("http_version", \.httpVersion, .choice),
        ScenarioSetting("proxy", \.proxy, .proxy, usual: "the worker's environment"),
        ScenarioSetting("ca_file", \.caFile, .workerFile, usual: "the system's"),
        ScenarioSetting(
            "requests_per_minute",
            \.requestsPerMinute,
            .integer(1...100_000_000),
            usual: "what the endpoint's `x-ratelimit-limit-requests` says, or no limit",
            "the whole fleet's budget, shared out over the workers by their agents; waiting for it is reported apart, as "
                + "`retry_wait`"
        ),
    ]

    private static let costSettings: [ScenarioSetting<Self>] = [
        ScenarioSetting("price", \.price, .price, usual: "none", "what a million tokens cost, in any one currency"),
        ScenarioSetting(
            "budget",
            \.budget,
            .number(0.000_001...1_000_000_000),
            limits: "above 0, needs `price`",
            usual: "none",
            "what the run may cost in the price's currency; then it ends with a report"
        ),
    ]

    private static let wait = ScenarioCodec<Int64>.duration(1_000...3_600_000_000)

    /// The address and its query, which the file has in one.
    private static let url = ScenarioSetting<Self>(
        key: "url",
        type: "URL",
        usual: "required",
        limits: "2048 bytes",
        meaning: "what stands before `/chat/completions`, `/responses` or `/messages`, such as "
            + "`https://api.cerebras.ai/v1`. A query after it goes with every request",
        demand: "such as https://api.cerebras.ai/v1",
        read: { decoder, field, inference in
            guard let (base, query) = decoder.addressWithQuery(field) else { return }
            inference.baseURL = base
            inference.urlQuery = query
        },
        write: { .string($0.url) }
    )

    /// What is said to someone who writes a key into the file, whatever they call it.
    static let keyOutside =
        "a key does not belong in a scenario: put it in an environment variable of the workers and name that variable "
        + "under `api_key_env`, or in a file that `api_key_file` names; `api_key_header` names the header that it goes in"
}

extension Scenario.TokenPrice: ScenarioMap {
    static let section = "inference.price"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "input",
            \.input,
            amount,
            demand: "what a million tokens of the prompt cost",
            "tokens of the prompt"
        ),
        ScenarioSetting(
            "cached_input",
            \.cachedInput,
            amount,
            usual: "that of `input`",
            "those that the endpoint read from its cache"
        ),
        ScenarioSetting(
            "cache_write",
            \.cacheWrite,
            amount,
            usual: "that of `input`",
            "those that the endpoint wrote into its cache"
        ),
        ScenarioSetting(
            "output",
            \.output,
            amount,
            demand: "what a million tokens of the answers cost",
            "tokens of the answer, reasoning included"
        ),
    ]

    private static let amount = ScenarioCodec<Double>.number(0...1_000_000)
}

extension ScenarioCodec<Scenario.TokenPrice> {
    fileprivate static var price: Self {
        Self(
            type: "map",
            limits: "",
            read: { decoder, field in
                var price = Scenario.TokenPrice(input: 0, output: 0)
                return decoder.read(field, into: &price) ? price : nil
            },
            write: { $0.document }
        )
    }
}
