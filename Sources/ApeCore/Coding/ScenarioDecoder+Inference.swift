extension ScenarioDecoder {
    mutating func inference(_ field: ScenarioField) -> Scenario.Inference? {
        var explanations = [
            "base_url": "is called `url` here", "dialect": "is called `api` here",
            "api_version": "belongs to the URL: url: https://.../v1?api-version=...",
        ]
        for name in ["api_key", "apikey", "api-key", "key", "token", "api_token", "secret", "password"] {
            explanations[name] = Scenario.Inference.keyOutside
        }
        for name in ["max_tokens", "max_output_tokens"] {
            explanations[name] =
                "is called `max_completion_tokens` here; `token_limit_key: \(name)` sends it under this name"
        }
        if field.has("api_key_env"), field.has("api_key_file") {
            problem("stands beside `api_key_file`: one of the two", at: field.descending(to: "api_key_env"))
        }
        var inference = Scenario.Inference(baseURL: "", model: "")
        guard read(field, into: &inference, explanations: explanations) else { return nil }
        checkPath(of: inference, at: field.descending(to: "url"))
        checkKey(of: inference, field)
        checkBody(of: inference, at: field.descending(to: "body"))
        if inference.budget != nil, !field.has("price") {
            problem("needs `price`: without it nothing is known of cost", at: field.descending(to: "budget"))
        }
        return inference
    }

    /// The agent itself appends the path of the API.
    private mutating func checkPath(of inference: Scenario.Inference, at field: ScenarioField) {
        for api in Scenario.InferenceAPI.allCases where inference.baseURL.hasSuffix(api.path) {
            let query = inference.urlQuery.map { "?\($0)" } ?? ""
            let way = inference.baseURL.dropLast(api.path.count) + query
            let other = api == inference.api ? "" : ", with `api: \(api.rawValue)`"
            problem("ends with \(api.path), which the agent adds itself; write \(way)\(other)", at: field)
        }
    }

    private mutating func checkKey(of inference: Scenario.Inference, _ field: ScenarioField) {
        guard let name = inference.apiKeyHeader else { return }
        let place = field.descending(to: "api_key_header")
        if inference.apiKey == nil {
            problem("needs `api_key_env` or `api_key_file`, which say where the key is found", at: place)
        }
        if inference.headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
            problem("`headers` set this header too", at: place)
        }
    }

    private mutating func checkBody(of inference: Scenario.Inference, at field: ScenarioField) {
        if inference.api == .chat, inference.body["stream_options"] == .some(.null) {
            let place = field.descending(to: "stream_options")
            warn("no token counts come then, unless the endpoint sends them of itself", at: place)
        }
    }
}

extension ScenarioDecoder {
    /// An address that may have a query, as some endpoints ask for.
    ///
    /// What stands there is never repeated where it may hold a key.
    mutating func addressWithQuery(
        _ field: ScenarioField,
        keyOutside: String = Scenario.Inference.keyOutside
    ) -> (base: String, query: String?)? {
        guard let text = text(field, atMost: 2048) else { return nil }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let base = parts.first ?? ""
        if base.contains("@") {
            problem("holds a user or a password; " + keyOutside, at: field)
            return nil
        }
        guard !text.contains("#") else {
            problem("has a fragment, which no server is sent: leave out # and what follows", at: field)
            return nil
        }
        let query = parts.count > 1 ? String(parts[1]) : ""
        if let word = Self.wordOfKey(in: query) {
            problem("a parameter of its query is called `\(word)`; " + keyOutside, at: field)
            return nil
        }
        guard query.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else {
            problem("its query holds characters that a URL cannot hold: write them as %XX", at: field)
            return nil
        }
        return catching(field) { () throws(ApeError) in
            (try BaseURL(String(base)).text, query.isEmpty ? nil : query)
        }
    }

    /// The word by which the name of a query's parameter looks like that of a key.
    private static func wordOfKey(in query: String) -> String? {
        let names = query.split { $0 == "&" || $0 == ";" }.map { parameter in
            parameter.prefix { $0 != "=" }.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        return names.lazy.compactMap { name in
            wholeWords.first { $0 == name } ?? endings.first { name.hasSuffix($0) }
        }.first
    }

    private static let wholeWords = ["sig", "code", "auth"]
    private static let endings = ["key", "token", "secret", "password", "signature", "credential"]
}
