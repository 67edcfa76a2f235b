import ApeCore
import NIOCore
import NIOHTTP1
import Testing

@testable import ApeDemo

/// A conversation as an agent holds it.
struct Chat: Sendable {
    static let tools = ["http_get", "http_post", "http_put", "http_patch", "http_delete", "state_update", "finish"]
    static let endpoints = ShopRoute.counted.map { "- \($0.rawValue) — what it does" }.joined(separator: "\n")
    static let system =
        "You are a user of an application.\n\nTarget shop:\n\(endpoints)\n\nKnown values: username, password"

    var messages: [JSONValue]
    var tools: [String]? = Chat.tools
    var isStreamed = true

    init(_ goal: String, system: String = Chat.system) {
        messages = [
            ["role": "system", "content": .string(system)], ["role": "user", "content": .string(goal)],
        ]
    }

    var body: JSONValue {
        var body: JSONObject = ["model": "m", "messages": .array(messages), "temperature": 0.2]
        body["stream"] = .bool(isStreamed)
        body["stream_options"] = ["include_usage": true]
        body["tools"] = tools.map { names in
            .array(
                names.map { name in
                    let target: JSONValue = ["type": "string", "enum": ["shop"]]
                    let parameters: JSONValue = ["type": "object", "properties": ["target": target]]
                    return ["type": "function", "function": ["name": .string(name), "parameters": parameters]]
                }
            )
        }
        return .object(body)
    }

    var buffer: ByteBuffer { ByteBuffer(string: body.text) }

    func decide() throws -> Decision {
        Planner(try ModelRequest(parsing: body.utf8, api: .chat)).decide()
    }

    /// Adds a call and the answer that was fed back for it.
    mutating func add(_ tool: String, _ arguments: String, reply: String) {
        let id = "call_\(messages.count)"
        let function: JSONValue = ["name": .string(tool), "arguments": .string(arguments)]
        let call: JSONValue = ["id": .string(id), "type": "function", "function": function]
        messages.append(["role": "assistant", "content": .null, "tool_calls": [call]])
        messages.append(["role": "tool", "tool_call_id": .string(id), "content": .string(reply)])
    }

    /// Adds a call of a shop's route that was answered with `status`.
    mutating func add(_ route: String, _ status: Int, _ body: String = "{}") {
        let parts = route.split(separator: " ")
        let arguments: JSONValue = ["target": "shop", "path": .string(String(parts[1]))]
        add("http_" + parts[0].lowercased(), arguments.text, reply: #"{"status":\#(status),"body":\#(body)}"#)
    }
}

/// A streamed answer, put together again.
struct StreamedAnswer: Equatable {
    var events: [JSONValue] = []
    var isDone = false

    init(_ bytes: ByteBuffer) throws {
        for block in String(buffer: bytes).split(separator: "\n\n") {
            let data = try #require(block.hasPrefix("data: ") ? block.dropFirst(6) : nil)
            if data == "[DONE]" { isDone = true } else { events.append(try JSONValue(parsing: String(data))) }
        }
    }

    private var deltas: [JSONValue] { events.compactMap { $0["choices"]?[0]?["delta"] } }

    var content: String { deltas.compactMap { $0["content"]?.string }.joined() }
    var tool: String? { deltas.lazy.compactMap { $0["tool_calls"]?[0]?["function"]?["name"]?.string }.first }
    var arguments: String {
        deltas.compactMap { $0["tool_calls"]?[0]?["function"]?["arguments"]?.string }.joined()
    }
    var finishReason: String? { events.lazy.compactMap { $0["choices"]?[0]?["finish_reason"]?.string }.first }
    var usage: JSONValue? { events.lazy.compactMap { $0["usage"] }.first }
}

struct InferenceClient: Sendable {
    let service: SimulatedInference

    func post(
        _ body: String,
        to path: String = "/v1/chat/completions",
        headers: HTTPHeaders = [:]
    ) async throws -> DemoClient.Reply {
        try DemoClient(service: service).execute(.POST, path, headers: headers, body: ByteBuffer(string: body))
    }

    func get(_ path: String) async throws -> JSONValue {
        let reply = try DemoClient(service: service).execute(.GET, path)
        return try JSONValue(parsing: Array(reply.body.readableBytesView))
    }

    func stream(_ chat: Chat) async throws -> StreamedAnswer {
        try StreamedAnswer(try await post(chat.body.text).body)
    }
}

func withInference(
    _ change: (inout SimulatedInference.Configuration) throws -> Void = { _ in },
    _ test: @Sendable (InferenceClient) async throws -> Void
) async throws {
    var configuration = SimulatedInference.Configuration()
    try change(&configuration)
    try await test(
        InferenceClient(
            service: SimulatedInference(configuration: configuration, clock: { 1_000_000 }, stampClock: { 1_000_000 })
        )
    )
}
