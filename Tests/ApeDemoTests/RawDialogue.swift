import ApeCore
import NIOCore
import NIOHTTP1
import Testing

@testable import ApeDemo

/// A conversation of raw requests in one API, in which a test plays the agent by hand.
struct RawDialogue: Sendable {
    let api: Scenario.InferenceAPI
    /// `messages`, or the items of `input`.
    var turns: [JSONValue]
    /// Members beside those that every request has; null removes one.
    var more: JSONObject = [:]
    var isStreamed = false
    var offersTools = true

    static let system =
        "Target \"shop\":\n"
        + ShopRoute.counted.map { "- \($0.rawValue): what it does" }.joined(separator: "\n")
    static let goal = "Buy two headphones and see your order.\n\nKnown: {{username}} = user-1; {{password}}"

    init(_ api: Scenario.InferenceAPI) {
        self.api = api
        let user: JSONValue = ["role": "user", "content": .string(Self.goal)]
        turns = api == .chat ? [["role": "system", "content": .string(Self.system)], user] : [user]
    }

    var path: String {
        switch api {
        case .chat: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .messages: "/v1/messages"
        }
    }

    var headers: HTTPHeaders { api == .messages ? ["anthropic-version": "2023-06-01"] : [:] }

    private var tools: JSONValue {
        .array(
            ["http_get", "http_post", "finish"].map { name in
                let schema: JSONValue = [
                    "type": "object", "properties": ["path": ["type": "string"]], "additionalProperties": false,
                ]
                let tool: JSONObject = ["name": .string(name), "strict": true]
                var whole = tool
                switch api {
                case .chat:
                    whole["parameters"] = schema
                    return ["type": "function", "function": .object(whole)]
                case .responses:
                    whole["type"] = "function"
                    whole["parameters"] = schema
                case .messages: whole["input_schema"] = schema
                }
                return .object(whole)
            }
        )
    }

    var body: JSONObject {
        var body: JSONObject = ["model": "m", "stream": .bool(isStreamed)]
        body["tools"] = offersTools ? tools : nil
        switch api {
        case .chat:
            body["stream_options"] = isStreamed ? ["include_usage": true] : nil
            body["messages"] = .array(turns)
        case .responses:
            body["store"] = false
            body["include"] = ["reasoning.encrypted_content"]
            body["instructions"] = .string(Self.system)
            body["input"] = .array(turns)
        case .messages:
            body["max_tokens"] = 512
            body["system"] = .string(Self.system)
            body["cache_control"] = ["type": "ephemeral"]
            body["messages"] = .array(turns)
        }
        for member in more { body[member.key] = member.value == .null ? Optional.none : member.value }
        return body
    }

    /// Adds a whole answer as it came, and the result of its call. Without a call nothing follows the answer.
    mutating func add(_ answer: JSONValue, result: String) {
        switch api {
        case .chat:
            let message = answer["choices"]?[0]?["message"] ?? .null
            turns.append(message)
            guard let id = message["tool_calls"]?[0]?["id"] else { return }
            turns.append(["role": "tool", "tool_call_id": id, "content": .string(result)])
        case .responses:
            turns += answer["output"]?.array ?? []
            guard let id = turns.last?["call_id"] else { return }
            turns.append(["type": "function_call_output", "call_id": id, "output": .string(result)])
        case .messages:
            let content = answer["content"] ?? .null
            turns.append(["role": "assistant", "content": content])
            guard let id = content.array?.last?["id"] else { return }
            let block: JSONValue = ["type": "tool_result", "tool_use_id": id, "content": .string(result)]
            turns.append(["role": "user", "content": [block]])
        }
    }

    /// The tool that an answer calls, and its arguments.
    func call(in answer: JSONValue) throws -> (tool: String, arguments: JSONValue) {
        switch api {
        case .chat:
            let function = try #require(answer["choices"]?[0]?["message"]?["tool_calls"]?[0]?["function"])
            let arguments = try JSONValue(parsing: function["arguments"]?.string ?? "")
            return (function["name"]?.string ?? "", arguments)
        case .responses:
            let item = try #require(answer["output"]?.array?.last)
            return (item["name"]?.string ?? "", try JSONValue(parsing: item["arguments"]?.string ?? ""))
        case .messages:
            let block = try #require(answer["content"]?.array?.last)
            return (block["name"]?.string ?? "", block["input"] ?? .null)
        }
    }

    /// The cached tokens of an answer.
    func cachedTokens(of answer: JSONValue) -> Int64? {
        let usage = answer["usage"]
        return switch api {
        case .chat: usage?["prompt_tokens_details"]?["cached_tokens"]?.integer
        case .responses: usage?["input_tokens_details"]?["cached_tokens"]?.integer
        case .messages: usage?["cache_read_input_tokens"]?.integer
        }
    }
}

extension InferenceClient {
    /// Asks, and expects an answer of this status.
    func ask(_ dialogue: RawDialogue, status: Int = 200) async throws -> JSONValue {
        let answer = try await post(JSONValue.object(dialogue.body).text, to: dialogue.path, headers: dialogue.headers)
        let body = try JSONValue(parsing: Array(answer.body.readableBytesView))
        #expect(answer.status == status, "\(body.text)")
        return body
    }

    /// Asks with a body that is refused.
    ///
    /// - Returns: the words of the refusal.
    func refusal(of dialogue: RawDialogue, status: Int = 400) async throws -> String {
        try await ask(dialogue, status: status)["error"]?["message"]?.string ?? ""
    }
}
