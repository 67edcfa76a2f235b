import ApeCore
import ApeInference

/// Which tools a model is offered, and how exactly their arguments are known: no more than the endpoints need, for every
/// tool is read again at every step.
struct ToolOffer {
    private let scenario: Scenario
    /// Those that the model is told of.
    private let endpoints: [Scenario.Endpoint]

    init(_ scenario: Scenario) {
        self.scenario = scenario
        endpoints = scenario.toldEndpoints.flatMap(\.self)
    }

    /// The tools as a model is told of them.
    var definitions: [ToolDefinition] {
        AgentTool.all.filter(isNeeded).map { tool in
            let schemas = ToolSchemas(targets: scenario.targets.map(\.name), endpoints: endpoints(of: tool))
            return ToolDefinition(
                name: tool.name,
                description: tool.description,
                parameters: tool.parameters(schemas, false) ?? [:],
                strictParameters: tool.parameters(schemas, true)
            )
        }
    }

    private func endpoints(of tool: AgentTool) -> [Scenario.Endpoint] {
        endpoints.filter { $0.method == tool.method }
    }

    private func isNeeded(_ tool: AgentTool) -> Bool {
        if tool.keepsState { return takesValues }
        guard let method = tool.method else { return true }
        return isUnlisted && !tool.isRare || !endpoints(of: tool).isEmpty || isAskedFor(method)
    }

    /// Whether a target's endpoints are not listed, so that nothing is known of its methods.
    private var isUnlisted: Bool { scenario.targets.contains { $0.endpoints.isEmpty } }

    /// Whether an endpoint takes a value that an earlier answer may have given.
    private var takesValues: Bool {
        isUnlisted
            || endpoints.contains { endpoint in
                !Scenario.safeMethods.contains(endpoint.method) || endpoint.path.contains("{")
                    || endpoint.summary.contains("?")
            }
    }

    /// Whether a goal's checks or its prompt name a method that no endpoint has.
    private func isAskedFor(_ method: String) -> Bool {
        scenario.goals.contains { goal in
            if goal.success.contains(where: { $0.subject == .anyAnswer && $0.method == method }) { return true }
            guard case .prompt(let text) = goal.mode else { return false }
            return text.containsBytes(of: method + " /")
        }
    }
}
