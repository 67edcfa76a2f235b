import ApeCore

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

/// A name and its value.
struct StateValue: Equatable {
    var name: String
    var value: String
}
