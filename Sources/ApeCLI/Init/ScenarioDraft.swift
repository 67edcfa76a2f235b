import ApeCore

/// What a first scenario is made from.
struct ScenarioDraft: Sendable, Equatable {
    /// A goal and the request that proves it reached, such as `POST /api/checkout`.
    struct Goal: Sendable, Equatable {
        var prompt: String
        var proof: String?
    }

    var target: String
    /// The OpenAPI document, as the scenario names it.
    var openapi: String?
    var inference: String
    var model: String
    var apiKeyEnv: String?
    var api = Scenario.InferenceAPI.chat
    var toolMode = Scenario.ToolMode.tools
    var goals: [Goal]

    /// What stands where no proof was named: it only proves that the target answers.
    static let placeholderProof = "GET /"

    /// The goals' names whose proof is still to be named.
    var unproven: [String] {
        goals.indices.filter { goals[$0].proof == nil }.map(Self.name)
    }

    static func name(_ index: Int) -> String { "goal_\(index + 1)" }
}

extension ScenarioDraft {
    /// The text of the scenario that will stand in `file`, whose name is in the commands that it shows. Every text of
    /// the user's is quoted, whatever it holds.
    func yaml(file: String) -> String {
        """
        # What APE tests. Every key and its default: docs/scenario.md
        #
        #   ape-test check \(file)                  is it right?
        #   ape-test doctor --scenario \(file)      is all that it needs well?
        #   ape-test validate --quick --scenario \(file)\(allowed)
        name: \(quoted(host))

        targets:
          app:
            url: \(quoted(target))
        \(endpoints)
            # Sent with every request; one with a value that is not known yet is left out.
            # headers:
            #   Authorization: "Bearer {{token}}"

        inference:
          url: \(quoted(inference))
          model: \(quoted(model))
          # How the endpoint is spoken to: chat, responses or messages. Lines for each provider: docs/models.md
          api: \(api.rawValue)
        \(key)
          # With tools the model calls function tools, with json it answers with one JSON object.
          tool_mode: \(toolMode.rawValue)
          # The whole fleet's budget at this endpoint; what the endpoint says of itself unless given.
          # requests_per_minute: 600

        goals:
        \(goals.enumerated().map(goal).joined(separator: "\n"))
        # How long a user thinks before each step: a part of the time between two actions, which the targets judge.
        pacing:
          think: 100ms..500ms

        # Conditions of your own, judged beside the eight targets.
        thresholds:
          - p95(target) < 2s
          - share(route_errors{party=target}) < 1%
        #   - {when: "rate(actions{status=5xx}) < 1/s", window: 30s, abort: true}

        # The validation plan runs unless stages stand here.
        # plan:
        #   - {name: warm_up, agents: 10, ramp: 5s, hold: 60s}
        #   - {name: peak, agents: 500, ramp: 30s, hold: 5m}

        """
    }

    private var host: String { (try? BaseURL(target))?.host ?? "scenario" }

    /// The flag without which a worker would not load the target.
    private var allowed: String {
        ([target, inference].compactMap { (try? BaseURL($0))?.host }.uniqued.filter { !Self.isLoopback($0) })
            .map { " --allow-target \($0)" }.joined()
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    private var endpoints: String {
        guard let openapi else {
            return """
                    # What the model is told of the application; or name an OpenAPI document with `openapi: file`.
                    # endpoints:
                    #   - GET /api/products: "List products. Query: category?."
                    #   - POST /api/checkout: "Order what is in the cart."
                """
        }
        return """
                # What the model is told of the application.
                openapi: \(quoted(openapi))
            """
    }

    private var key: String {
        guard let apiKeyEnv else {
            return "  # The variable that holds the key, on every worker's host; never the key itself.\n"
                + "  # api_key_env: MODEL_API_KEY"
        }
        return "  # The variable that holds the key, on every worker's host.\n  api_key_env: \(apiKeyEnv)"
    }

    private func goal(_ index: Int, _ goal: Goal) -> String {
        let words =
            goal.proof == nil
            ? """
                    # TO BE REPLACED: this only proves that the application answers. Name the request whose answer proves
                    # the goal reached, and what must stand in it.
            """
            : "      # What proves the goal reached: an answer of the application's, never the model's word."
        return """
              \(Self.name(index)):
                prompt: \(quoted(goal.prompt))
                # Values by name, one row for each user; {{username}} in the prompt stands for one.
                # data:
                #   - {username: "user-{{agent}}", password: secret}
                success:
            \(words)
                  - answer: \(quoted(goal.proof ?? Self.placeholderProof))
                    status: 2xx
                    # json: {$.status: confirmed}
                max_steps: 20
                timeout: 120s

            """
    }

    /// JSON's way, which is YAML's too but for the line ends that JSON does not know.
    private func quoted(_ text: String) -> String {
        JSONValue.string(text).text
            .replacing("\u{85}", with: "\\u0085").replacing("\u{2028}", with: "\\u2028").replacing(
                "\u{2029}",
                with: "\\u2029"
            )
    }
}

extension [String] {
    /// Each text once, in its first place.
    fileprivate var uniqued: [String] {
        reduce(into: []) { list, text in if !list.contains(text) { list.append(text) } }
    }
}
