import ApeCore

/// A request before its templates are filled: from a tool call, a script's step or a verification.
struct RequestDraft: Equatable {
    var method: String
    /// The target's place in the scenario.
    var target: Int
    var path: String
    /// A name may stand more than once.
    var query: [StateValue] = []
    var headers: [StateValue] = []
    var body: JSONValue?
    /// A body that is sent as it is, in place of ``body``.
    var bodyBytes: [UInt8]?
}

/// A name and its value.
struct StateValue: Equatable {
    var name: String
    var value: String
}
