import ApeCore

/// What a model is told before anything has happened.
enum SystemPrompt {
    /// Endpoints of one target that are listed; the first ones.
    static let maximumEndpoints = 60

    /// The part that is the same for all agents: the rules and the endpoints.
    static func text(_ scenario: Scenario) -> String {
        var lines = [
            "You are a user of the web applications listed below. Work towards the goal one request at a time: call a "
                + "tool, read the answer, decide the next step. Do not explain yourself.",
            "",
        ]
        for target in scenario.targets {
            lines.append("Target \"\(target.name)\":")
            for endpoint in target.endpoints.prefix(maximumEndpoints) {
                let summary = endpoint.summary.isEmpty ? "" : ": \(endpoint.summary)"
                lines.append("- \(endpoint.method) \(endpoint.path)\(summary)")
            }
            lines.append("")
        }
        lines += [
            "Cookies are kept for you. Tokens and identifiers of answers are captured for you: write {{name}} in a "
                + "path, query, header or body, and the value is filled in. Never invent identifiers.",
            "Call finish when the goal is reached, or when it cannot be.",
        ]
        return lines.joined(separator: "\n")
    }

    /// Values longer than this are named and not shown, in bytes.
    private static let shownValueBytes = 48

    /// The part that changes: what is known by now.
    static func text(of state: SessionState) -> String {
        var text = ""
        for entry in state.entries where !entry.isBuiltIn {
            text += text.isEmpty ? "\n\nKnown: {{" : "; {{"
            text += entry.name
            text += "}}"
            guard !entry.isHidden, entry.value.utf8.count <= shownValueBytes else { continue }
            text += " = "
            text += entry.value
        }
        return text
    }
}
