import ApeCore
import NIOCore
import NIOHTTP1
import Testing

@testable import ApeDemo

@Suite("What the simulated endpoint refuses in its three APIs")
struct InferenceRefusalTests {
    typealias API = Scenario.InferenceAPI

    /// A dialogue after one step.
    private func dialogue(_ api: API, _ inference: InferenceClient) async throws -> RawDialogue {
        var dialogue = RawDialogue(api)
        dialogue.add(try await inference.ask(dialogue), result: "HTTP 200\n{}")
        return dialogue
    }

    /// Expects the words of a refusal of a changed dialogue by a strict endpoint.
    private func expect(_ api: API, _ words: String, _ change: @Sendable (inout RawDialogue) -> Void) async throws {
        try await withInference({ $0.hasStrictMembers = true }) { inference in
            var dialogue = try await dialogue(api, inference)
            _ = try await inference.ask(dialogue)
            change(&dialogue)
            #expect(try await inference.refusal(of: dialogue) == words)
        }
        try await withInference { inference in
            var dialogue = try await dialogue(api, inference)
            change(&dialogue)
            _ = try await inference.ask(dialogue)
        }
    }

    @Test("Unknown members are refused with their place, at every level")
    func unknownMembers() async throws {
        let words = ": Extra inputs are not permitted"
        for api in API.allCases {
            try await expect(api, "surprise" + words) { $0.more["surprise"] = 1 }
        }
        try await expect(.chat, "stream_options.more" + words) { $0.more["stream_options"] = ["more": true] }
        try await expect(.chat, "messages.2.assistant.reasoning_content" + words) {
            $0.turns[2] = $0.turns[2].with("reasoning_content", "")
        }
        try await expect(.chat, "messages.2.assistant.tool_calls.0.index" + words) {
            let call = ($0.turns[2]["tool_calls"]?[0] ?? .null).with("index", 0)
            $0.turns[2] = $0.turns[2].with("tool_calls", [call])
        }
        try await expect(.responses, "input.2.function_call.extra_content" + words) {
            $0.turns[2] = $0.turns[2].with("extra_content", [:])
        }
        try await expect(.responses, "tools.0.function" + words) {
            $0.more["tools"] = [["type": "function", "function": ["name": "http_get"]]]
        }
        try await expect(.messages, "messages.1.tool_calls" + words) {
            $0.turns[1] = $0.turns[1].with("tool_calls", [])
        }
        try await expect(.messages, "messages.2.content.0.tool_result.name" + words) {
            let block = ($0.turns[2]["content"]?[0] ?? .null).with("name", "http_get")
            $0.turns[2] = $0.turns[2].with("content", [block])
        }
    }

    @Test("Members that an API demands are missed by name")
    func missingMembers() async throws {
        try await expect(.messages, "max_tokens: Field required") { $0.more["max_tokens"] = .null }
        try await expect(.responses, "tools.0.strict: Field required") {
            $0.more["tools"] = [["type": "function", "name": "http_get", "parameters": [:]]]
        }
        try await expect(
            .messages,
            "messages.1.content.0: Input tag 'reasoning' found using 'type' does not match any of the expected tags: "
                + "'document', 'image', 'redacted_thinking', 'text', 'thinking', 'tool_result', 'tool_use'"
        ) {
            $0.turns[1] = $0.turns[1].with("content", [["type": "reasoning"]])
        }
    }

    @Test("Messages demands its version")
    func version() async throws {
        let body = JSONValue.object(RawDialogue(.messages).body).text
        try await withInference({ $0.hasStrictMembers = true }) { inference in
            let answer = try await inference.post(body, to: "/v1/messages")
            #expect(answer.status == 400)
            #expect(String(buffer: answer.body).contains("anthropic-version: header is required"))
        }
    }

    @Test("Chat: empty assistant messages, and calls and results that do not belong together")
    func chatTurns() async throws {
        try await expect(.chat, "messages.2: Assistant message must have either content or tool_calls, but not none.") {
            $0.turns = Array($0.turns.prefix(2)) + [["role": "assistant", "content": ""]]
        }
        try await expect(
            .chat,
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls' "
                + "(messages.2)."
        ) { $0.turns.remove(at: 2) }
        try await expect(
            .chat,
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                + "'tool_call_id'. The following tool_call_ids did not have response messages: call_000000000000"
        ) { $0.turns[3] = ["role": "user", "content": "HTTP 200"] }
    }

    @Test("Responses: empty assistant messages, and calls and results that do not belong together")
    func responsesTurns() async throws {
        try await expect(.responses, "Invalid 'input[1].content': an assistant message must not be empty.") {
            $0.turns[1] = $0.turns[1].with("content", [])
        }
        try await expect(
            .responses,
            "No tool call found for function call output with call_id call_000000000000."
        ) { $0.turns.remove(at: 2) }
        try await expect(.responses, "No tool output found for function call call_000000000000.") {
            $0.turns[3] = ["role": "user", "content": "HTTP 200"]
        }
    }

    @Test("Messages: roles alternate, and results stand first after their calls")
    func messagesTurns() async throws {
        let unanswered =
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_000000000000. "
            + "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
        try await expect(.messages, unanswered) {
            let result = $0.turns[2]["content"]?[0] ?? .null
            $0.turns[2] = ["role": "user", "content": [["type": "text", "text": "So:"], result]]
        }
        try await expect(.messages, unanswered) { $0.turns[2] = ["role": "user", "content": "HTTP 200"] }
        try await expect(
            .messages,
            "messages.1.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_000000000000. Each "
                + "`tool_result` block must have a corresponding `tool_use` block in the previous message."
        ) {
            $0.turns[0] = ["role": "assistant", "content": "Hello"]
            $0.turns.remove(at: 1)
        }
        try await expect(
            .messages,
            "messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"user\" roles in a "
                + "row"
        ) { $0.turns.insert(["role": "user", "content": "More"], at: 1) }
        try await expect(.messages, "messages.1: all messages must have non-empty content") {
            $0.turns[1] = ["role": "assistant", "content": []]
        }
    }

    @Test("Each API has its own form of errors", arguments: API.allCases)
    func errorForms(api: API) async throws {
        let words =
            api == .messages
            ? "The API key is missing or wrong; send x-api-key: KEY"
            : "The API key is missing or wrong; send Authorization: Bearer KEY"
        let form =
            api == .messages
            ? #"{"type":"error","error":{"type":"authentication_error","message":"\#(words)"},"request_id":"req_demo"}"#
            : #"{"error":{"message":"\#(words)","type":"authentication_error","param":null,"#
                + #""code":"invalid_api_key"}}"#
        try await withInference({ $0.apiKey = "secret" }) { inference in
            let answer = try await inference.ask(RawDialogue(api), status: 401)
            #expect(answer.text == form)
        }
        try await withInference({ $0.rateLimitShare = 1 }) { inference in
            let answer = try await inference.ask(RawDialogue(api), status: 429)
            #expect(answer["error"]?["type"] == "rate_limit_error")
        }
        try await withInference { inference in
            let wrong = try await inference.post("{}", to: RawDialogue(api).path)
            let error = try JSONValue(parsing: Array(wrong.body.readableBytesView))["error"]
            #expect(error?["message"]?.string == "\(api == .responses ? "input" : "messages") is missing or empty")
            #expect(wrong.status == 400)
        }
    }

    @Test("Too much load is 529 in Messages, and a key may stand under x-api-key there")
    func messagesOnly() async throws {
        let overloaded = Scenario.InferenceAPI.messages.error(503, "Too many requests wait already", retryAfter: true)
        #expect(overloaded.status == 529)
        #expect(overloaded.headers.first(name: "Retry-After") == "1")
        let key: HTTPHeaders = ["x-api-key": "secret"]
        try await withInference({ $0.apiKey = "secret" }) { inference in
            for (api, status) in [(API.messages, 200), (.chat, 401)] {
                let dialogue = RawDialogue(api)
                let answer = try await inference.post(
                    JSONValue.object(dialogue.body).text,
                    to: dialogue.path,
                    headers: key
                )
                #expect(answer.status == status)
            }
        }
    }
}

extension JSONValue {
    /// The same object with one member set.
    fileprivate func with(_ key: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[key] = value
        return .object(members)
    }
}
