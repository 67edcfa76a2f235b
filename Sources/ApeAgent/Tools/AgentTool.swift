import ApeCore
import ApeInference

/// A tool that a model is offered. ``all`` is the only place that knows which there are; `SessionMachine+Decision.swift`
/// does what a ``ToolInvocation`` asks for.
struct AgentTool: Sendable {
    let name: String
    /// One line for the model.
    let description: String
    /// The HTTP method of the request that it sends; nil where it sends none.
    var method: String?
    /// Whether it is offered only where an endpoint or a goal asks for its method by name.
    var isRare = false
    /// Whether it keeps values.
    var keepsState = false
    /// The JSON Schema of its arguments, as a strict one or not; nil where there is no strict one.
    let parameters: @Sendable (ToolSchemas, _ isStrict: Bool) -> JSONValue?
    /// Checks the arguments of a call.
    let read: @Sendable (ToolCallReader, JSONObject) throws(ApeError) -> ToolInvocation

    static let all = [
        request("http_get", "GET", "Send a GET request: read something."),
        request("http_head", "HEAD", "Send a HEAD request: read an answer's headers alone.", isRare: true),
        request("http_options", "OPTIONS", "Send an OPTIONS request: ask what can be done.", isRare: true),
        request("http_post", "POST", "Send a POST request: create something or act."),
        request("http_put", "PUT", "Send a PUT request: replace something."),
        request("http_patch", "PATCH", "Send a PATCH request: change a part of something."),
        request("http_delete", "DELETE", "Send a DELETE request: remove something."),
        AgentTool(
            name: "state_update",
            description: "Keep values, to use them as {{name}} later.",
            keepsState: true,
            parameters: { _, isStrict in ToolSchemas.stateUpdate(isStrict: isStrict) },
            read: { reader, arguments throws(ApeError) in .stateUpdate(try reader.kept(arguments["values"])) }
        ),
        AgentTool(
            name: "finish",
            description: "End the session and say why.",
            parameters: { _, _ in ToolSchemas.finish },
            read: { _, arguments throws(ApeError) in
                .finish(
                    isSuccess: arguments["outcome"]?.string == "success",
                    reason: String((arguments["reason"]?.string ?? "").prefix(256))
                )
            }
        ),
    ]

    /// A tool that sends a request of one HTTP method.
    private static func request(
        _ name: String,
        _ method: String,
        _ description: String,
        isRare: Bool = false
    ) -> AgentTool {
        AgentTool(
            name: name,
            description: description,
            method: method,
            isRare: isRare,
            parameters: { schemas, isStrict in schemas.request(method, isStrict: isStrict) },
            read: { reader, arguments throws(ApeError) in .request(try reader.request(method, arguments)) }
        )
    }
}

/// A tool call whose arguments have the right form. Templates are not filled yet.
enum ToolInvocation: Equatable {
    case request(RequestDraft)
    case stateUpdate([StateValue])
    /// What the model claims, which proves nothing.
    case finish(isSuccess: Bool, reason: String)
}
