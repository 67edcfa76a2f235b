import ApeCore

/// The tools that a model is offered.
enum ToolDefinitions {
    static let stateUpdate = "state_update"
    static let finish = "finish"

    /// The HTTP method that a tool stands for; nil for any other tool.
    static func method(of tool: String) -> String? {
        switch tool {
        case "http_get": "GET"
        case "http_post": "POST"
        case "http_put": "PUT"
        case "http_patch": "PATCH"
        case "http_delete": "DELETE"
        default: nil
        }
    }

    static let names = ["http_get", "http_post", "http_put", "http_patch", "http_delete", stateUpdate, finish]

    /// The tools as OpenAI's API takes them: functions with JSON Schemas.
    static func schemas(targets: [String]) -> JSONValue {
        .array(
            names.map { name in
                [
                    "type": "function",
                    "function": [
                        "name": .string(name), "description": .string(description(of: name)),
                        "parameters": parameters(of: name, targets: targets),
                    ],
                ]
            }
        )
    }

    /// One line for the model.
    static func description(of name: String) -> String {
        switch name {
        case "http_get": "Send a GET request: read something."
        case "http_post": "Send a POST request: create something or act."
        case "http_put": "Send a PUT request: replace something."
        case "http_patch": "Send a PATCH request: change a part of something."
        case "http_delete": "Send a DELETE request: remove something."
        case stateUpdate: "Keep values under names of your own, to use them as {{name}} later."
        default: "End the session: say whether the goal is reached, and why."
        }
    }

    private static func parameters(of name: String, targets: [String]) -> JSONValue {
        switch name {
        case stateUpdate:
            object(["values": ["type": "object", "description": "Texts, numbers or booleans by name."]], ["values"])
        case finish:
            object(
                [
                    "outcome": ["type": "string", "enum": ["success", "failure"]], "reason": ["type": "string"],
                ],
                ["outcome", "reason"]
            )
        default: request(targets: targets, takesBody: name != "http_get")
        }
    }

    private static func request(targets: [String], takesBody: Bool) -> JSONValue {
        var properties: JSONObject = [
            "target": [
                "type": "string", "enum": .array(targets.map { .string($0) }), "description": "The application.",
            ],
            "path": ["type": "string", "description": "The path, beginning with /. May hold {{name}}."],
            "query": ["type": "object", "description": "Query parameters by name."],
            "headers": ["type": "object", "description": "Further headers by name."],
        ]
        if takesBody {
            properties["body"] = ["description": "The body: an object is sent as JSON, a text as it stands."]
        }
        return object(properties, ["target", "path"])
    }

    private static func object(_ properties: JSONObject, _ required: [JSONValue]) -> JSONValue {
        ["type": "object", "properties": .object(properties), "required": .array(required)]
    }
}
