/// One answer of the simulated model: a thought, and a tool call.
struct Decision: Sendable, Equatable {
    var thought: String
    /// nil for an answer without a tool call.
    var tool: String?
    /// The call's arguments as JSON text.
    var arguments = "{}"
}

extension Decision {
    /// The same decision with a deliberate mistake, so that no agent can execute it.
    func spoiled(by mistake: InferenceDraw.Mistake) -> Decision {
        guard tool != nil else { return self }
        var decision = self
        switch mistake {
        case .unknownTool: decision.tool = "http_fetch"
        case .missingPath: decision.arguments = #"{"note":"the rest is missing"}"#
        case .brokenArguments: decision.arguments = String(arguments.dropLast(2))
        }
        return decision
    }
}
