import ApeCore

/// Decides like a model that knows shops: reads the conversation, and names the next step.
///
/// It has no memory: the same conversation always gets the same decision.
struct Planner: Sendable {
    /// The number of failures of one step after which the goal is given up.
    static let maximumFailures = 2
    /// The number of calls after which a session is given up.
    static let maximumCalls = 40
    /// The name of the target where a request's schemas do not say it.
    static let defaultTarget = "shop"

    let request: ModelRequest
    let prompt: PromptFacts
    let history: CallHistory

    init(_ request: ModelRequest) {
        self.request = request
        prompt = PromptFacts(request)
        history = CallHistory(request)
    }

    /// The next step.
    func decide() -> Decision {
        let decision = next()
        guard let tool = decision.tool, !request.tools.isEmpty, !request.tools.contains(tool) else { return decision }
        if tool != ToolName.finish, request.tools.contains(ToolName.finish) {
            return finish("failure", "\(tool) is needed, but not offered")
        }
        return Decision(thought: "None of the offered tools can do the next step.")
    }

    /// What is thought before a decision.
    func reasoning(for decision: Decision) -> String {
        "Step \(history.calls.count + 1).\nThe answers so far lead to \(decision.tool ?? "no call") — \"that is next\"."
    }

    private func next() -> Decision {
        guard history.calls.count < Self.maximumCalls else { return finish("failure", "this leads nowhere") }
        return journey.map(step) ?? lookAround()
    }

    /// The steps to what the user wants; nil where the prompt is about something else.
    private var journey: [ShopRoute]? {
        if prompt.wantsToBuy, lists(.checkout) {
            return [.listProducts, .viewProduct, .login, .addToCart, .checkout, .viewOrder]
        }
        return prompt.mentionsCart && lists(.viewCart) ? [.login, .listProducts, .addToCart, .viewCart] : nil
    }

    private func lists(_ route: ShopRoute) -> Bool {
        prompt.endpoints.contains { $0.text == route.rawValue }
    }

    private func step(of journey: [ShopRoute]) -> Decision {
        let done = journey.lastIndex { hasSucceeded($0) }
        let remaining = journey[(done.map { $0 + 1 } ?? 0)...].filter { $0 != .viewOrder || lists($0) }
        guard let route = remaining.first else { return finish("success", "every step was answered well") }
        let failures = history.calls.count { $0.route == route && !$0.hasSucceeded }
        guard failures < Self.maximumFailures else { return finish("failure", "\(route.rawValue) failed twice") }
        return call(route, isRetry: failures > 0)
    }

    private func lookAround() -> Decision {
        guard history.calls.isEmpty else { return finish("success", "the first endpoint was looked at") }
        let endpoint = prompt.endpoints.first { $0.text.hasPrefix("GET /") && !$0.text.contains("{") }
        return decision("I will look at what there is.", "GET", endpoint.map { String($0.text.dropFirst(4)) } ?? "/")
    }

    private func hasSucceeded(_ route: ShopRoute) -> Bool {
        history.calls.contains { $0.route == route && $0.hasSucceeded }
    }

    /// The last call of a route that was answered well.
    func success(of route: ShopRoute) -> CallHistory.PastCall? {
        history.calls.last { $0.route == route && $0.hasSucceeded }
    }

    private func finish(_ outcome: String, _ reason: String) -> Decision {
        let arguments: JSONValue = ["outcome": .string(outcome), "reason": .string(reason)]
        return Decision(thought: "That settles it.", tool: ToolName.finish, arguments: arguments.text)
    }
}
