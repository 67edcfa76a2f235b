import ApeCore

/// One answer of the model: a thought, and a tool call.
struct Decision: Sendable, Equatable {
    var thought: String
    /// nil for an answer in words alone.
    var tool: String?
    /// The call's arguments as JSON text.
    var arguments = "{}"
}

/// Decides like a model that knows shops: looks at what has been done, and names the next step.
///
/// It remembers nothing; the same conversation always gets the same decision.
struct Planner: Sendable {
    /// A step that the target refused this often ends the goal.
    static let maximumFailures = 2
    /// A session with more calls than these is given up, whatever they were.
    static let maximumCalls = 40
    /// What an application is called where the tools do not say.
    static let defaultTarget = "shop"

    let request: ChatRequest
    let briefing: Briefing
    let conversation: Conversation

    init(_ request: ChatRequest) {
        self.request = request
        briefing = Briefing(request)
        conversation = Conversation(request)
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

    private func next() -> Decision {
        guard conversation.calls.count < Self.maximumCalls else { return finish("failure", "this leads nowhere") }
        return journey.map(step) ?? lookAround()
    }

    /// The steps to what the user is after; nil where the prompt is about something else.
    private var journey: [ShopRoute]? {
        if briefing.wantsToBuy, lists(.checkout) {
            return [.listProducts, .viewProduct, .login, .addToCart, .checkout, .viewOrder]
        }
        return briefing.mentionsCart && lists(.viewCart) ? [.login, .listProducts, .addToCart, .viewCart] : nil
    }

    private func lists(_ route: ShopRoute) -> Bool {
        briefing.endpoints.contains { $0.method == route.method && $0.path == route.path }
    }

    private func step(of journey: [ShopRoute]) -> Decision {
        let done = journey.lastIndex { route in calls(of: route).contains(where: \.hasSucceeded) }
        let remaining = journey[(done.map { $0 + 1 } ?? 0)...].filter { $0 != .viewOrder || lists($0) }
        guard let route = remaining.first else { return finish("success", "every step was answered well") }
        let failures = calls(of: route).count { !$0.hasSucceeded }
        guard failures < Self.maximumFailures else { return finish("failure", "\(route.rawValue) failed twice") }
        return call(route, isRetry: failures > 0)
    }

    private func lookAround() -> Decision {
        guard conversation.calls.isEmpty else { return finish("success", "the first endpoint was looked at") }
        let endpoint = briefing.endpoints.first { $0.method == "GET" && !$0.path.contains("{") }
        return decision("I will look at what there is.", "GET", endpoint?.path ?? "/")
    }

    /// The calls of one route, in their order.
    func calls(of route: ShopRoute) -> [Conversation.PastCall] {
        conversation.calls.filter { $0.route == route }
    }

    private func finish(_ outcome: String, _ reason: String) -> Decision {
        let arguments: JSONValue = ["outcome": .string(outcome), "reason": .string(reason)]
        return Decision(thought: "That settles it.", tool: ToolName.finish, arguments: arguments.text)
    }
}
