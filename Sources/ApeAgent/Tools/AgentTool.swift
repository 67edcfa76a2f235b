import ApeCore
import ApeInference

/// A tool that a model is offered. ``all`` is the only place that knows which there are; `SessionMachine+Decision.swift`
/// does what a ``ToolInvocation`` asks for.
struct AgentTool: Sendable {
    let name: String
    /// One line for the model.
    let description: String
    /// The JSON Schema of its arguments, given the names of the targets.
    let parameters: @Sendable (_ targets: [String]) -> JSONValue
    /// Checks the arguments of a call.
    let read: @Sendable (ToolCallReader, JSONObject) throws(ApeError) -> ToolInvocation

    static let all = [
        request("http_get", "GET", "Send a GET request: read something."),
        request("http_post", "POST", "Send a POST request: create something or act."),
        request("http_put", "PUT", "Send a PUT request: replace something."),
        request("http_patch", "PATCH", "Send a PATCH request: change a part of something."),
        request("http_delete", "DELETE", "Send a DELETE request: remove something."),
        AgentTool(
            name: "state_update",
            description: "Keep values under names of your own, to use them as {{name}} later.",
            parameters: { _ in
                schema(
                    ["values": ["type": "object", "description": "Texts, numbers or booleans by name."]],
                    required: ["values"]
                )
            },
            read: { reader, arguments throws(ApeError) in
                .stateUpdate(try reader.values(arguments["values"], "values", isRequired: true))
            }
        ),
        AgentTool(
            name: "finish",
            description: "End the session: say whether the goal is reached, and why.",
            parameters: { _ in
                schema(
                    ["outcome": ["type": "string", "enum": ["success", "failure"]], "reason": ["type": "string"]],
                    required: ["outcome", "reason"]
                )
            },
            read: { _, arguments throws(ApeError) in
                .finish(
                    isSuccess: arguments["outcome"]?.string == "success",
                    reason: String((arguments["reason"]?.string ?? "").prefix(256))
                )
            }
        ),
    ]

    /// The tools as a model is told of them.
    static func definitions(targets: [String]) -> [ToolDefinition] {
        all.map { tool in
            ToolDefinition(name: tool.name, description: tool.description, parameters: tool.parameters(targets))
        }
    }

    /// A tool that sends a request of one HTTP method.
    private static func request(_ name: String, _ method: String, _ description: String) -> AgentTool {
        AgentTool(
            name: name,
            description: description,
            parameters: { targets in
                var properties: JSONObject = [
                    "target": [
                        "type": "string", "enum": .array(targets.map { .string($0) }),
                        "description": "The application.",
                    ],
                    "path": ["type": "string", "description": "The path, beginning with /. May hold {{name}}."],
                    "query": ["type": "object", "description": "Query parameters by name."],
                    "headers": ["type": "object", "description": "Further headers by name."],
                ]
                if method != "GET" {
                    properties["body"] = [
                        "description": "The body: an object is sent as JSON, a text as it stands."
                    ]
                }
                return schema(properties, required: ["target", "path"])
            },
            read: { reader, arguments throws(ApeError) in .request(try reader.request(method, arguments)) }
        )
    }

    private static func schema(_ properties: JSONObject, required: [JSONValue]) -> JSONValue {
        ["type": "object", "properties": .object(properties), "required": .array(required)]
    }
}

/// A tool call whose arguments have the right form. Templates are not filled yet.
enum ToolInvocation: Equatable {
    case request(RequestDraft)
    case stateUpdate([StateValue])
    /// What the model claims, which proves nothing.
    case finish(isSuccess: Bool, reason: String)
}
