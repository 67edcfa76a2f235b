import ApeCore

/// A request up to its first turn: the same bytes for all agents and all steps of a scenario, so that an endpoint's
/// prompt cache can hold them.
struct RequestHead: Sendable {
    /// What an answer is held to where the model calls no tools.
    enum AnswerForm: Sendable {
        case free
        case anyObject
        /// The JSON Schema of the answer.
        case schema(JSONValue)
    }

    /// What is to be written.
    struct Draft: Sendable {
        var instructions: String
        /// The tools that are offered; none where the model writes its calls as content.
        var tools: [ToolDefinition] = []
        /// Whether schemas are sent as strict ones.
        var isStrict = false
        var answerForm = AnswerForm.free
        var parallelToolCalls: Bool?

        func schema(of tool: ToolDefinition) -> JSONValue {
            tool.schema(isStrict: isStrict)
        }
    }

    let bytes: [UInt8]

    init(_ draft: Draft, _ inference: Scenario.Inference) {
        let dialect = inference.api.dialect
        var members: JSONObject = ["model": .string(inference.model)]
        for member in dialect.members(draft) { members[member.key] = member.value }
        if let temperature = inference.temperature { members["temperature"] = .number(temperature) }
        // A limit of the user's own, under whatever name, stands in the place of the agent's.
        if !Self.limitKeys.contains(where: { inference.body[$0] != nil && inference.body[$0] != .null }) {
            members[inference.tokenLimitKey ?? dialect.tokenLimitKey] = .integer(inference.maxCompletionTokens)
        }
        for member in inference.body {
            members[member.key] = member.value == .null ? Optional.none : .some(member.value)
        }
        if members["stream_options"]?.object != nil, members["stream_options"]?["include_usage"] == nil {
            var options = members["stream_options"]?.object ?? JSONObject()
            options["include_usage"] = true
            members["stream_options"] = .object(options)
        }
        members["stream"] = true
        members[dialect.turnsKey] = nil
        var bytes = JSONValue.object(members).utf8
        bytes.removeLast()
        self.bytes = bytes + Array(",\"\(dialect.turnsKey)\":[".utf8) + dialect.beforeTurns(draft)
    }

    private static let limitKeys = ["max_tokens", "max_completion_tokens", "max_output_tokens"]

    /// The ways to write the head, the best one first: an endpoint that refuses one is sent the next.
    static func choices(
        _ inference: Scenario.Inference,
        instructions: String,
        tools: [ToolDefinition],
        isStrict: Bool
    ) -> [RequestHead] {
        var draft = Draft(instructions: instructions, isStrict: isStrict)
        draft.parallelToolCalls = inference.parallelToolCalls
        var drafts: [Draft] = []
        switch inference.toolMode {
        case .tools:
            draft.tools = tools
            drafts = [draft]
            if isStrict {
                draft.isStrict = false
                drafts.append(draft)
            }
        case .json:
            draft.instructions += "\n\n" + ContentToolCall.rules(tools)
            draft.answerForm = .schema(ContentToolCall.schema(of: tools, isStrict: isStrict))
            drafts.append(draft)
            for form in [AnswerForm.anyObject, .free] {
                draft.answerForm = form
                drafts.append(draft)
            }
        }
        var heads: [RequestHead] = []
        for head in drafts.map({ RequestHead($0, inference) }) where !heads.contains(where: { $0.bytes == head.bytes })
        {
            heads.append(head)
        }
        return heads
    }
}
