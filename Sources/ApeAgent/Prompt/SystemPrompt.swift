import ApeCore

/// What a model is told before anything has happened: the same bytes for all agents and all steps, so that an endpoint's
/// prompt cache can hold them. What an agent knows is told where it comes to know it.
enum SystemPrompt {
    static func text(_ scenario: Scenario) -> String {
        var lines = [
            "You are a user of the web applications below. Work towards the goal one request at a time: call a tool, read "
                + "the answer, decide the next step. Do not explain yourself.",
            "",
        ]
        for (target, endpoints) in zip(scenario.targets, scenario.toldEndpoints) {
            lines.append("Target \"\(target.name)\":")
            lines += endpoints.map { "- " + $0.line }
            lines.append("")
        }
        lines += [
            "Cookies are kept for you. Tokens and identifiers of answers are captured for you: write {{name}} in a "
                + "path, query or body, and the value is filled in. Never invent identifiers.",
            "Call finish when the goal is reached, or when it cannot be.",
        ]
        return lines.joined(separator: "\n")
    }

    /// All that a session knows, as one line: `Known: {{username}} = user-1; {{password}}`; empty where it knows nothing.
    static func known(_ state: SessionState) -> String {
        let facts = state.entries.filter { !$0.isBuiltIn }.map(fact)
        return facts.isEmpty ? "" : "Known: " + facts.joined(separator: "; ")
    }

    /// Values longer than this are named and not shown, in bytes.
    private static let shownValueBytes = 48

    /// A value's name, and the value itself where it is short and no secret.
    static func fact(_ entry: SessionState.Entry) -> String {
        let name = "{{" + entry.name + "}}"
        guard !entry.isHidden, entry.value.utf8.count <= shownValueBytes else { return name }
        return name + " = " + entry.value
    }
}
