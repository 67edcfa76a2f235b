extension Scenario.Inference: ScenarioMap {
    static let section = "inference"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "url",
            \.baseURL,
            .url,
            demand: "such as https://api.cerebras.ai/v1",
            "such as `https://api.cerebras.ai/v1`"
        ),
        ScenarioSetting(
            "model",
            \.model,
            .text(atMost: 256),
            demand: "the model's name as the endpoint knows it",
            "the model's name as the endpoint knows it"
        ),
        ScenarioSetting(
            "api_key_env",
            \.apiKey,
            .keyVariable,
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
            "tool_mode",
            \.toolMode,
            .choice,
            "`tools` offers OpenAI function tools; `json` asks for one JSON object as the answer"
        ),
        ScenarioSetting("temperature", \.temperature, .number(0...2), usual: "the endpoint's"),
        ScenarioSetting("max_completion_tokens", \.maxCompletionTokens, .integer(1...1_000_000)),
        ScenarioSetting("headers", \.headers, .keyless, "further headers; none that carries a key"),
        ScenarioSetting("body", \.body, .requestBody, "further members of the request's body"),
        ScenarioSetting("connect_timeout", \.connectTimeoutMicros, wait),
        ScenarioSetting("first_byte_timeout", \.firstByteTimeoutMicros, wait, "until the answer's head"),
        ScenarioSetting("total_timeout", \.totalTimeoutMicros, wait, "until the stream's end"),
        ScenarioSetting("http_version", \.httpVersion, .choice),
        ScenarioSetting("proxy", \.proxy, .url, usual: "the worker's environment"),
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

    private static let wait = ScenarioCodec<Int64>.duration(1_000...3_600_000_000)

    /// What is said to someone who writes a key into the file, whatever they call it.
    static let keyOutside =
        "a key does not belong in a scenario: put it in an environment variable of the workers and name that variable "
        + "under `api_key_env`, or in a file that `api_key_file` names"
}

extension ScenarioCodec<Scenario.SecretSource> {
    /// The name of an environment variable. What stands there is never repeated, for it may be the key itself.
    fileprivate static var keyVariable: Self {
        Self(
            type: "name",
            limits: "one of the two",
            read: { decoder, field in
                let name = field.node.scalarText ?? ""
                let isName =
                    name.utf8.count <= 64 && Template.isName(name) && !name.contains("-") && !name.contains(".")
                if !isName {
                    let keyOutside = Scenario.Inference.keyOutside
                    decoder.problem("is not the name of an environment variable; " + keyOutside, at: field)
                }
                return .environment(name: name)
            },
            write: { if case .environment(let name) = $0 { .string(name) } else { nil } }
        )
    }

    fileprivate static var keyFile: Self {
        Self(
            type: "path",
            limits: "one of the two",
            read: { decoder, field in decoder.word(field).map { .file(path: $0) } },
            write: { if case .file(let path) = $0 { .string(path) } else { nil } }
        )
    }
}

extension ScenarioCodec<[Scenario.Header]> {
    /// Headers of which none carries a key.
    fileprivate static var keyless: Self {
        .headers { decoder, field in
            let headers = decoder.headers(field, checkingNames: false)
            for header in headers where carriesKey(header.name) {
                let keyOutside = Scenario.Inference.keyOutside
                decoder.problem("the header \(header.name) would carry a key; " + keyOutside, at: field)
            }
            return headers
        }
    }

    private static func carriesKey(_ header: String) -> Bool {
        ["authorization", "proxy-authorization", "api-key", "x-api-key"].contains(header.lowercased())
    }
}

extension ScenarioCodec<JSONObject> {
    /// Members of the request's body, but for those that the agent itself sets.
    fileprivate static var requestBody: Self {
        Self(
            type: "map",
            limits: "not what the agent sets: `model`, `messages`, `stream`, `tools`, ...",
            read: { decoder, field in
                guard case .object(let body) = field.node.json else {
                    decoder.problem("must be a map, not \(field.node.found)", at: field)
                    return nil
                }
                for key in body.keys where reservedKeys.contains(key) {
                    decoder.problem("`\(key)` is set by the agent itself; leave it out here", at: field)
                }
                return body
            },
            write: { $0.isEmpty ? nil : .object($0) }
        )
    }

    private static var reservedKeys: Set<String> {
        [
            "model", "messages", "stream", "stream_options", "tools", "tool_choice", "temperature", "max_tokens",
            "max_completion_tokens",
        ]
    }
}

extension ScenarioDecoder {
    mutating func inference(_ field: ScenarioField) -> Scenario.Inference? {
        var explanations = ["base_url": "is called `url` here"]
        for name in ["api_key", "apikey", "api-key", "key", "token", "api_token", "secret", "password"] {
            explanations[name] = Scenario.Inference.keyOutside
        }
        if field.has("api_key_env"), field.has("api_key_file") {
            problem("stands beside `api_key_file`: one of the two", at: field.descending(to: "api_key_env"))
        }
        var inference = Scenario.Inference(baseURL: "", model: "")
        return read(field, into: &inference, explanations: explanations) ? inference : nil
    }
}
