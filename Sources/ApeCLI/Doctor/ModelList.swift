import ApeCore
import ApeInference
import ApeProgram
import ApeTransfer

/// What an endpoint tells of its models.
struct ModelList: Sendable, Equatable {
    var names: [String]
    /// What the scenario's model takes as prompt and answer together, in tokens; nil where the endpoint does not tell.
    var contextTokens: Int64?

    /// Asks the endpoint.
    ///
    /// - Returns: nil for one that lists no models, which is no fault.
    static func ask(_ inference: Scenario.Inference, apiKey: Secret?, reactor: Reactor) async -> Self? {
        func page(_ url: String) async -> JSONValue? {
            var request = TransferRequest(to: inference)
            request.url = url
            request.headers = inference.accessHeaders(apiKey)
            guard case .success(let answer) = await EndpointProbe(request).ask(reactor: reactor), answer.status == 200,
                !answer.isCut
            else { return nil }
            return try? JSONValue(parsing: answer.body)
        }
        guard let document = await page(inference.modelsURL), var list = Self(document, model: inference.model) else {
            return nil
        }
        // llama.cpp's server lists the model's own limit, and tells here what its slots have.
        if document["data"]?[0]?["owned_by"]?.string == "llamacpp",
            let context = await page(Self.properties(of: inference.baseURL))?["default_generation_settings"]?["n_ctx"]
        {
            list.contextTokens = context.integer ?? list.contextTokens
        }
        return list
    }

    private static func properties(of baseURL: String) -> String {
        (baseURL.hasSuffix("/v1") ? String(baseURL.dropLast(3)) : baseURL) + "/props"
    }

    /// Members in which servers tell a model's context: vLLM and SGLang, OpenRouter and Kimi, Groq, Mistral, Anthropic.
    private static let contextKeys = [
        "max_model_len", "context_length", "context_window", "max_context_length", "max_input_tokens",
    ]

    init(names: [String], contextTokens: Int64? = nil) {
        self.names = names
        self.contextTokens = contextTokens
    }

    /// Reads the answer of `/models`; nil for what is no list.
    init?(_ document: JSONValue, model: String) {
        guard let entries = document["data"]?.array ?? document.array else { return nil }
        names = entries.compactMap { $0["id"]?.string }
        guard !names.isEmpty else { return nil }
        let own = entries.first { $0["id"]?.string.map { Self.stands($0, for: model) } ?? false }
        contextTokens =
            Self.contextKeys.lazy.compactMap { own?[$0]?.integer }.first ?? own?["meta"]?["n_ctx_train"]?.integer
    }

    /// Whether a listed name is the model's: Gemini lists `models/NAME`, Ollama `NAME:latest`, LiteLLM patterns.
    private static func stands(_ name: String, for model: String) -> Bool {
        name == model || name.hasSuffix("/" + model) || name == model + ":latest" || name.contains("*")
    }

    /// Judges what a scenario asks for; `promptTokens` is what its first prompt takes, where the endpoint tells.
    func findings(_ scenario: Scenario, promptTokens: Int64?) -> [Finding] {
        guard let inference = scenario.inference else { return [] }
        return [named(inference.model), fits(scenario, inference, promptTokens)].compactMap { $0 }
    }

    /// Names that a message holds.
    private static let shownNames = 3

    private func named(_ model: String) -> Finding? {
        guard !names.contains(where: { Self.stands($0, for: model) }) else { return nil }
        let near = Spelling.closest(to: model, among: names)
        let more = names.count > Self.shownNames ? ", ..." : ""
        let listed = near ?? names.prefix(Self.shownNames).joined(separator: ", ") + more
        return Finding(
            InferenceJudgement.check + ".model",
            .warning,
            "The endpoint does not list \(model) among its \(names.count) models.",
            fix: [near == nil ? "see whether inference.model is one of: \(listed)" : "inference.model: \(listed)?"]
        )
    }

    private func fits(_ scenario: Scenario, _ inference: Scenario.Inference, _ promptTokens: Int64?) -> Finding? {
        guard let contextTokens else { return nil }
        let check = InferenceJudgement.check + ".context"
        let answer = inference.maxCompletionTokens
        if let promptTokens, promptTokens + answer > contextTokens {
            return Finding(
                check,
                .warning,
                "The first prompt takes \(promptTokens) tokens and an answer up to \(answer): the model's context has "
                    + "\(contextTokens).",
                fix: ["lower inference.max_completion_tokens, list fewer endpoints, or give the model a larger context"]
            )
        }
        let limit = Int64(scenario.limits.contextTokens)
        let prompt = promptTokens.map { "The first prompt takes \($0) tokens. " } ?? ""
        guard limit + answer > contextTokens, contextTokens > answer else {
            return Finding(check, .ok, prompt + "The model's context has \(contextTokens) tokens.")
        }
        return Finding(
            check,
            .warning,
            prompt
                + "A conversation may grow to limits.context_tokens, \(limit), and an answer to \(answer): the model's "
                + "context has \(contextTokens).",
            fix: ["limits.context_tokens: \(contextTokens - answer)"]
        )
    }
}
