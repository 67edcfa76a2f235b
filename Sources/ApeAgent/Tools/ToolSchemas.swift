import ApeCore

/// The JSON Schemas of tools' arguments, for the targets and endpoints of a scenario.
struct ToolSchemas {
    /// The targets' names.
    let targets: [String]
    /// The endpoints that the tool reaches.
    let endpoints: [Scenario.Endpoint]

    /// The arguments of a tool that sends a request.
    ///
    /// - Parameters:
    ///   - method: the HTTP method.
    ///   - isStrict: whether constrained decoding is to hold a model to it: then a query stands in the path, headers are the
    ///     scenario's, and every body must be known.
    /// - Returns: nil where that cannot be.
    func request(_ method: String, isStrict: Bool) -> JSONValue? {
        var properties: JSONObject = [
            "target": ["type": "string", "enum": .array(targets.map { .string($0) })],
            "path": ["type": "string", "description": "Begins with /. May hold {{name}}."],
        ]
        if !isStrict { properties["query"] = ["type": "object"] }
        if !Scenario.safeMethods.contains(method) {
            if let body = typedBody {
                properties["body"] = body
            } else if isStrict {
                return nil
            } else if method != "DELETE" || endpoints.isEmpty {
                let isJSON = endpoints.allSatisfy { $0.bodyType == nil }
                let sent = isJSON ? "Sent as JSON." : "Sent as the endpoint takes it."
                properties["body"] = ["type": "object", "description": .string(sent)]
            }
        }
        if !isStrict { properties["headers"] = ["type": "object"] }
        let required: [JSONValue] = isStrict ? properties.keys.map { .string($0) } : ["target", "path"]
        let schema = Self.object(properties, required: required)
        return isStrict ? StrictSchema.strict(schema) : schema
    }

    /// The bodies of all endpoints as one schema; nil where one of them is not known.
    private var typedBody: JSONValue? {
        guard endpoints.contains(where: { $0.body != nil }) else { return nil }
        var kinds: [JSONValue] = []
        for endpoint in endpoints {
            // A body that is described in words alone may be anything.
            if endpoint.body == nil, endpoint.summary.lowercased().containsBytes(of: "body") { return nil }
            let kind: JSONValue = endpoint.body ?? ["type": "null"]
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds.count == 1 ? kinds[0] : ["anyOf": .array(kinds)]
    }

    /// The values that a model keeps: by name, or as a list of pairs, since strict schemas know no free names.
    static func stateUpdate(isStrict: Bool) -> JSONValue {
        let pair = object(["name": ["type": "string"], "value": ["type": "string"]], required: ["name", "value"])
        let values: JSONValue = isStrict ? ["type": "array", "items": pair] : ["type": "object"]
        return object(["values": values], required: ["values"])
    }

    static var finish: JSONValue {
        object(
            ["outcome": ["type": "string", "enum": ["success", "failure"]], "reason": ["type": "string"]],
            required: ["outcome", "reason"]
        )
    }

    private static func object(_ properties: JSONObject, required: [JSONValue]) -> JSONValue {
        [
            "type": "object", "properties": .object(properties), "required": .array(required),
            "additionalProperties": false,
        ]
    }
}
