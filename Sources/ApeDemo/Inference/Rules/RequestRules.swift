import ApeCore

/// What real endpoints refuse and this one refuses where it is asked to: members that they do not know, conversations
/// that do not fit together, and reasoning that does not come back as it was. All is told from the request alone.
struct RequestRules: Sendable {
    var isStrict: Bool
    var checksReasoning: Bool
    var knowsReasoning: Bool

    init(_ configuration: SimulatedInference.Configuration) {
        isStrict = configuration.hasStrictMembers
        checksReasoning = configuration.reasoning == .signed
        knowsReasoning = configuration.reasoning != .none
    }

    /// Checks a request that was read.
    func check(_ request: ModelRequest) throws(Refusal) {
        guard isStrict || checksReasoning else { return }
        let body: JSONValue
        do {
            body = try JSONValue(parsing: request.body)
        } catch {
            throw Refusal(message: error.message)
        }
        if isStrict {
            if let problem = KnownMembers.request(request.api, reasoning: knowsReasoning).problem(in: body) {
                throw Refusal(message: problem)
            }
        }
        switch request.api {
        case .chat:
            let messages = body["messages"]?.array ?? []
            if isStrict { try ChatRules.checkTurns(messages) }
            if checksReasoning { try ChatRules.checkReasoning(messages) }
        case .responses:
            let items = body["input"]?.array ?? []
            if let id = body["previous_response_id"]?.string { throw ResponsesRules.noResponse(id) }
            if isStrict { try ResponsesRules.checkTurns(items) }
            if checksReasoning { try ResponsesRules.checkReasoning(items, isStored: body["store"]?.bool != false) }
        case .messages:
            let messages = body["messages"]?.array ?? []
            if isStrict { try MessagesRules.checkTurns(messages) }
            if checksReasoning { try MessagesRules.checkReasoning(messages) }
        }
    }
}

extension JSONValue {
    /// Whether a message's content says nothing.
    var isEmptyContent: Bool {
        switch self {
        case .string(let text): text.isEmpty
        case .array(let parts): parts.isEmpty
        default: true
        }
    }
}
