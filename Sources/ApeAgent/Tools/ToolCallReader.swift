import ApeCore
import ApeInference

/// Checks a model's tool calls, with what the tools of ``AgentTool`` need for that.
struct ToolCallReader: Sendable {
    /// The longest path as the model wrote it, in bytes.
    static let maximumPathBytes = 4096
    /// Members of `query`, `headers` and `values`.
    static let maximumMembers = 64

    /// The targets' names, in the scenario's order.
    let targets: [String]
    /// Whether a null in a body stands for a member that is left out, as strict schemas have it.
    var leavesOutNulls = false

    /// Checks one call.
    ///
    /// - Throws: ``ApeError`` of code `invalid_call` with a reason for the model.
    func read(_ call: ToolCall) throws(ApeError) -> ToolInvocation {
        guard let tool = AgentTool.all.first(where: { $0.name == call.name }) else {
            let names = AgentTool.all.map(\.name).joined(separator: ", ")
            throw ApeError(.invalidCall, "there is no tool \"\(call.name.prefix(64))\"; the tools are \(names)")
        }
        return try tool.read(self, try call.arguments.members())
    }

    /// The arguments of a tool that sends a request.
    func request(_ method: String, _ arguments: JSONObject) throws(ApeError) -> RequestDraft {
        var draft = RequestDraft(method: method, target: try target(arguments["target"]), path: "")
        draft.path = try path(arguments["path"])
        draft.query = try query(arguments["query"])
        draft.headers = try values(arguments["headers"], "headers", isRequired: false)
        draft.body = leavesOutNulls ? arguments["body"]?.withoutNulls : arguments["body"]
        let isSafe = Scenario.safeMethods.contains(method)
        if draft.body == .null || draft.body?.object?.isEmpty == true && isSafe { draft.body = nil }
        if isSafe, draft.body != nil { throw ApeError(.invalidCall, "http_\(method.lowercased()) takes no body") }
        return draft
    }

    private func target(_ value: JSONValue?) throws(ApeError) -> Int {
        let names = targets.joined(separator: ", ")
        switch value {
        case nil, .null:
            guard targets.count == 1 else { throw ApeError(.invalidCall, "target is missing: one of \(names)") }
            return 0
        case .string(let name):
            guard let index = targets.firstIndex(of: name) else {
                throw ApeError(.invalidCall, "there is no target \"\(name.prefix(64))\": it is one of \(names)")
            }
            return index
        case let other?: throw ApeError(.invalidCall, "target must be a string, not \(other.typeName)")
        }
    }

    private func path(_ value: JSONValue?) throws(ApeError) -> String {
        guard let value, value != .null else { throw ApeError(.invalidCall, "path is missing") }
        guard let path = value.string else {
            throw ApeError(.invalidCall, "path must be a string, not \(value.typeName)")
        }
        if path.containsBytes(of: "://"), !path.hasPrefix("/") {
            throw ApeError(.invalidCall, "path must be a path on the target, beginning with /, not a whole URL")
        }
        guard path.hasPrefix("/") || path.hasPrefix("{{") else {
            throw ApeError(.invalidCall, "path must begin with /")
        }
        guard path.utf8.count <= Self.maximumPathBytes else {
            throw ApeError(.invalidCall, "path is longer than \(Self.maximumPathBytes) bytes")
        }
        return path
    }

    /// The values to keep: an object, or the list of pairs that a strict schema asks for.
    func kept(_ value: JSONValue?) throws(ApeError) -> [StateValue] {
        guard case .array(let pairs)? = value, !pairs.isEmpty else {
            return try values(value, "values", isRequired: true)
        }
        var members = JSONObject()
        for pair in pairs.prefix(Self.maximumMembers) {
            guard let name = pair["name"]?.string else {
                throw ApeError(.invalidCall, "each of values needs a name and a value")
            }
            members[name] = pair["value"] ?? .null
        }
        return try values(.object(members), "values", isRequired: true)
    }

    /// The parameters of a query. A list gives its name to each of its values.
    private func query(_ value: JSONValue?) throws(ApeError) -> [StateValue] {
        guard let object = value?.object else { return try values(value, "query", isRequired: false) }
        var query: [StateValue] = []
        for member in object where member.value != .null {
            for element in member.value.array ?? [member.value] where element != .null {
                guard let text = element.scalarText else {
                    throw ApeError(
                        .invalidCall,
                        "query.\(member.key.prefix(64)) must be a text, a number, a boolean or a list of these"
                    )
                }
                query.append(StateValue(name: member.key, value: text))
            }
        }
        guard query.count <= Self.maximumMembers else {
            throw ApeError(.invalidCall, "query has more than \(Self.maximumMembers) values")
        }
        return query
    }

    /// An object of scalars as texts; null members are left out.
    func values(
        _ value: JSONValue?,
        _ name: String,
        isRequired: Bool
    ) throws(ApeError) -> [StateValue] {
        guard let value, value != .null else {
            if isRequired { throw ApeError(.invalidCall, "\(name) is missing") }
            return []
        }
        guard let object = value.object else {
            throw ApeError(.invalidCall, "\(name) must be an object, not \(value.typeName)")
        }
        guard object.count <= Self.maximumMembers else {
            throw ApeError(.invalidCall, "\(name) has more than \(Self.maximumMembers) members")
        }
        var values: [StateValue] = []
        for member in object where member.value != .null {
            guard let text = member.value.scalarText else {
                throw ApeError(.invalidCall, "\(name).\(member.key.prefix(64)) must be a text, a number or a boolean")
            }
            values.append(StateValue(name: member.key, value: text))
        }
        return values
    }
}

extension JSONValue {
    /// The value without the members of objects that are null.
    fileprivate var withoutNulls: JSONValue {
        switch self {
        case .object(let members):
            .object(
                members.reduce(into: JSONObject()) { kept, member in
                    if member.value != .null { kept[member.key] = member.value.withoutNulls }
                }
            )
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }

    /// The text of a string, number or boolean; nil for anything else.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .integer, .number, .exact, .bool: text
        default: nil
        }
    }
}
