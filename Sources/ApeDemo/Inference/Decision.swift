import ApeCore

/// One answer of the simulated model: a thought, and a tool call.
struct Decision: Sendable, Hashable {
    /// What comes before the answer; nil from a model that does not show it.
    var reasoning: String?
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

    /// The same decision with its call as the one JSON object in the text that `tool_mode: json` asks for. Deliberately
    /// broken arguments stay broken.
    var asContent: Decision {
        guard let tool else { return self }
        var writer = JSONWriter()
        writer.append("{\"tool\":")
        writer.write(string: tool)
        writer.append(",\"arguments\":")
        let text = String(decoding: writer.bytes, as: UTF8.self) + arguments + "}"
        return Decision(reasoning: reasoning, thought: text)
    }
}
