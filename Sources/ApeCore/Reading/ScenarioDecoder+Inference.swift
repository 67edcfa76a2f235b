extension ScenarioDecoder {
    /// What is said to someone who writes a key into the file, whatever they call it.
    private static let keyOutside =
        "a key does not belong in a scenario: put it in an environment variable of the workers and name that variable "
        + "under `api_key_env`, or in a file that `api_key_file` names"

    /// Members of the request's body that the agent itself sets.
    private static let reservedBodyKeys: Set<String> = [
        "model", "messages", "stream", "stream_options", "tools", "tool_choice", "temperature", "max_tokens",
        "max_completion_tokens",
    ]

    mutating func inference(_ field: ScenarioField) -> Scenario.Inference? {
        var explanations = ["base_url": "is called `url` here"]
        for name in ["api_key", "apikey", "api-key", "key", "token", "api_token", "secret", "password"] {
            explanations[name] = Self.keyOutside
        }
        guard let members = members(field, InferenceKey.self, explanations: explanations) else { return nil }
        var inference = Scenario.Inference(baseURL: "", model: "")
        if let field = members[.url] {
            inference.baseURL = url(field) ?? ""
        } else {
            missing(.url, in: members, "such as https://api.cerebras.ai/v1")
        }
        if let field = members[.model] {
            inference.model = word(field, atMost: 256) ?? ""
        } else {
            missing(.model, in: members, "the model's name as the endpoint knows it")
        }
        inference.apiKey = apiKey(members)
        if let field = members[.toolMode] { inference.toolMode = choice(field, Scenario.ToolMode.self) ?? .tools }
        inference.temperature = members[.temperature].flatMap { number($0, in: 0...2) }
        if let field = members[.maxCompletionTokens] {
            inference.maxCompletionTokens = integer(field, in: 1...1_000_000) ?? 1
        }
        if let field = members[.headers] { inference.headers = inferenceHeaders(field) }
        if let field = members[.body] { inference.body = inferenceBody(field) }
        inferenceTransport(members, &inference)
        return inference
    }

    private mutating func inferenceTransport(
        _ members: ScenarioMembers<InferenceKey>,
        _ inference: inout Scenario.Inference
    ) {
        let range: ClosedRange<Int64> = 1_000...3_600_000_000
        if let field = members[.connectTimeout] {
            inference.connectTimeoutMicros = duration(field, in: range) ?? inference.connectTimeoutMicros
        }
        if let field = members[.firstByteTimeout] {
            inference.firstByteTimeoutMicros = duration(field, in: range) ?? inference.firstByteTimeoutMicros
        }
        if let field = members[.totalTimeout] {
            inference.totalTimeoutMicros = duration(field, in: range) ?? inference.totalTimeoutMicros
        }
        if let field = members[.httpVersion] {
            inference.httpVersion = choice(field, Scenario.HTTPVersion.self) ?? .automatic
        }
        inference.proxy = members[.proxy].flatMap { url($0) }
        inference.caFile = members[.caFile].flatMap { word($0) }
        inference.requestsPerMinute = members[.requestsPerMinute].flatMap { integer($0, in: 1...100_000_000) }
    }

    /// Where the key is found. What stands there is never repeated, for it may be the key itself.
    private mutating func apiKey(_ members: ScenarioMembers<InferenceKey>) -> Scenario.SecretSource? {
        if let field = members[.apiKeyEnv], members[.apiKeyFile] != nil {
            problem("stands beside `api_key_file`: one of the two", at: field)
        }
        if let field = members[.apiKeyEnv] {
            let name = field.node.scalarText ?? ""
            let isName =
                name.utf8.count <= 64 && Template.isName(name) && !name.contains("-") && !name.contains(".")
            if !isName { problem("is not the name of an environment variable; " + Self.keyOutside, at: field) }
            return .environment(name: name)
        }
        return members[.apiKeyFile].flatMap { field in word(field).map { .file(path: $0) } }
    }

    private mutating func inferenceHeaders(_ field: ScenarioField) -> [Scenario.Header] {
        let headers = headers(field, checkingNames: false)
        for header in headers where Self.carriesKey(header.name) {
            problem("the header \(header.name) would carry a key; " + Self.keyOutside, at: field)
        }
        return headers
    }

    private static func carriesKey(_ header: String) -> Bool {
        ["authorization", "proxy-authorization", "api-key", "x-api-key"].contains(header.lowercased())
    }

    private mutating func inferenceBody(_ field: ScenarioField) -> JSONObject {
        guard case .object(let body) = field.node.json else {
            problem("must be a map, not \(field.node.found)", at: field)
            return [:]
        }
        for key in body.keys where Self.reservedBodyKeys.contains(key) {
            problem("`\(key)` is set by the agent itself; leave it out here", at: field)
        }
        return body
    }
}
