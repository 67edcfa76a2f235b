import ApeCore

/// A tool call whose arguments have the right form. Templates are not filled yet.
enum ToolInvocation: Equatable {
    case request(RequestDraft)
    case stateUpdate([StateValue])
    /// What the model claims, which proves nothing.
    case finish(isSuccess: Bool, reason: String)
}

/// A name and its value.
struct StateValue: Equatable {
    var name: String
    var value: String
}

/// A request before its templates are filled: from a tool call, a script's step or a verification.
struct RequestDraft: Equatable {
    var method: String
    /// The target's place in the scenario.
    var target: Int
    var path: String
    var query: [StateValue] = []
    var headers: [StateValue] = []
    var body: JSONValue?
}

/// A call that cannot be made: the reason goes back to the model.
struct InvalidCall: Error, Equatable {
    var reason: String
}
