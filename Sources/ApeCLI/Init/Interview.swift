import ApeCore
import ApeProgram
import ApeScenario

/// The questions of `ape-test init`, in their order.
struct Interview {
    /// Goals that are asked for.
    static let maximumGoals = 20
    /// Endpoints that are shown when a proof is asked for.
    private static let shownEndpoints = 12

    var flags: InitFlags
    var output: String
    var wizard: Wizard
    var checks: InitChecks

    /// Asks for all that a scenario needs.
    ///
    /// - Returns: the draft, and the OpenAPI document that is to stand beside it.
    func draft() async throws(ApeError) -> (ScenarioDraft, document: (name: String, bytes: [UInt8])?) {
        let target = try await wizard.ask(flags.target, flag: "--target", "URL of the application under test") {
            text async throws(ApeError) in try await checks.target(text)
        }
        let (openapi, document, endpoints) = try await openapi(of: target)
        var inference = try await inference()
        inference.apiKey = try await apiKey()
        inference = try await checked(inference)
        return (
            ScenarioDraft(
                target: target,
                openapi: openapi,
                inference: inference.baseURL,
                model: inference.model,
                apiKeyEnv: inference.apiKey.flatMap { if case .environment(let name) = $0 { name } else { nil } },
                api: inference.api,
                toolMode: inference.toolMode,
                goals: try await goals(endpoints)
            ),
            document
        )
    }

    private typealias Document = (name: String, bytes: [UInt8])

    /// How the scenario names the document, what is to be written beside it, and what the document lists.
    private func openapi(of target: String) async throws(ApeError) -> (String?, Document?, [Scenario.Endpoint]) {
        try await wizard.ask(
            flags.openapi,
            flag: "--openapi",
            "Its OpenAPI document, a file or a URL",
            fallback: ""
        ) { text async throws(ApeError) in
            if text.isEmpty { return (nil, nil, []) }
            let bytes = try await checks.document(text)
            let isFile = !text.contains("://")
            let load: (String) throws -> [UInt8] = { path in try ScenarioFile.bytes(of: path) }
            let endpoints = try Scenario.endpoints(
                ofOpenAPI: bytes,
                file: text,
                url: target,
                loadFile: isFile ? load : nil
            )
            guard !isFile else {
                return (DraftFiles.reference(to: text, from: output), nil, endpoints)
            }
            let isJSON = bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
            let name = isJSON ? "openapi.json" : "openapi.yaml"
            return (name, (name, bytes), endpoints)
        }
    }

    private func inference() async throws(ApeError) -> Scenario.Inference {
        let url = try await wizard.ask(
            flags.inference,
            flag: "--inference",
            "URL of the model's endpoint, such as https://api.cerebras.ai/v1"
        ) { text async throws(ApeError) in try checks.url(text).text }
        let model = try await wizard.ask(flags.model, flag: "--model", "The model's name there") {
            text async throws(ApeError) in text
        }
        return Scenario.Inference(baseURL: url, model: model)
    }

    private func apiKey() async throws(ApeError) -> Scenario.SecretSource? {
        try await wizard.ask(
            flags.apiKeyEnv,
            flag: "--api-key-env",
            "The environment variable that holds its key",
            fallback: ""
        ) { text async throws(ApeError) in
            if text.isEmpty { return nil }
            guard text.utf8.allSatisfy({ $0 == 0x5F || $0.isAlphanumeric }), text.utf8.first.map(\.isDigit) == false
            else {
                // What was typed may be the key itself, which no message repeats.
                throw ApeError(
                    .usage,
                    "must be the name of a variable, such as MODEL_API_KEY; the key itself stays in it"
                )
            }
            let source = Scenario.SecretSource.environment(name: text)
            if !checks.isOffline { _ = try source.read() }
            return source
        }
    }

    /// The endpoint as it has to be asked. Where it does not answer, who is asked may go on all the same.
    private func checked(_ inference: Scenario.Inference) async throws(ApeError) -> Scenario.Inference {
        do throws(ApeError) {
            return try await checks.model(inference)
        } catch {
            guard wizard.isInteractive else { throw error }
            wizard.say("  \(error)\n")
            guard wizard.confirm("Go on all the same?") else {
                throw ApeError(.usage, "The model does not answer as it should: nothing was written")
            }
            return inference
        }
    }

    private func goals(_ endpoints: [Scenario.Endpoint]) async throws(ApeError) -> [ScenarioDraft.Goal] {
        if !flags.goal.isEmpty {
            return flags.goal.enumerated().map { index, prompt in
                ScenarioDraft.Goal(
                    prompt: prompt,
                    proof: index < flags.proof.count ? flags.proof[index] : nil
                )
            }
        }
        var goals: [ScenarioDraft.Goal] = []
        while goals.count < Self.maximumGoals {
            let isFirst = goals.isEmpty
            let question = isFirst ? "What does a user want, such as: Buy two headphones." : "Another goal"
            let prompt = try await wizard.ask(nil, flag: "--goal", question, fallback: isFirst ? nil : "") {
                text async throws(ApeError) in text
            }
            if prompt.isEmpty { break }
            if isFirst, !endpoints.isEmpty { wizard.say(Self.list(endpoints)) }
            let proof = try await wizard.ask(
                nil,
                flag: "--proof",
                "The request whose good answer proves it, such as POST /api/checkout",
                fallback: ""
            ) { text async throws(ApeError) in
                text.isEmpty ? nil : try Self.request(text)
            }
            goals.append(ScenarioDraft.Goal(prompt: prompt, proof: proof))
        }
        return goals
    }

    /// The endpoints that are most likely to prove something: those that change something come first.
    private static func list(_ endpoints: [Scenario.Endpoint]) -> TerminalText {
        let ordered = endpoints.filter { $0.method != "GET" } + endpoints.filter { $0.method == "GET" }
        let lines = ordered.prefix(shownEndpoints).map { "    \($0.method) \($0.path)" }
        return "  The document lists:\n" + TerminalText(lines: lines)
    }

    /// `METHOD /path`, checked.
    static func request(_ text: String) throws(ApeError) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, Scenario.methods.contains(words[0].uppercased()), words[1].hasPrefix("/") else {
            throw ApeError(.usage, "must be a method and a path, such as POST /api/checkout")
        }
        return "\(words[0].uppercased()) \(words[1])"
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isAlphanumeric: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
