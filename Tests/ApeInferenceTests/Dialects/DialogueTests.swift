import ApeCore
import ApeTransfer
import Testing
import TransportKit

@testable import ApeInference

/// What a conversation sends in each dialect, over several steps.
@Suite struct DialogueTests {
    private func prepared(
        _ api: Scenario.InferenceAPI,
        _ adjust: (inout Scenario.Inference) -> Void = { _ in }
    ) throws -> PreparedInference {
        var inference = try #require(Scenario.shop.inference)
        inference.api = api
        adjust(&inference)
        return PreparedInference(
            inference,
            limits: Scenario.Limits(),
            tools: [ToolDefinition(name: "look", description: "Look.", parameters: ["type": "object"])],
            instructions: "Do it.",
            apiKey: Secret("k"),
            gate: nil
        )
    }

    private func body(_ prepared: PreparedInference, _ conversation: inout Conversation) throws -> JSONValue {
        try JSONValue(parsing: prepared.body(prepared.head.bytes, conversation.request { "Known: {{a}}" }).bytes)
    }

    private func turn(_ api: Scenario.InferenceAPI, _ step: Int) throws -> ModelTurn {
        let text =
            switch api {
            case .chat:
                """
                data: {"choices":[{"delta":{"role":"assistant","reasoning_content":"think \(step)"}}]}

                data: {"choices":[{"delta":{"tool_calls":[{"id":"c\(step)","function":{"name":"look","arguments":"{\\"n\\":\(step)}"},"extra_content":{"google":{"thought_signature":"S\(step)"}}}]},"finish_reason":"tool_calls"}]}


                """
            case .responses:
                """
                data: {"type":"response.output_item.done","item":{"type":"reasoning","id":"rs_\(step)","summary":[],"encrypted_content":"E\(step)"}}

                data: {"type":"response.output_item.done","item":{"type":"function_call","id":"f\(step)","call_id":"c\(step)","name":"look","arguments":"{\\"n\\":\(step)}"}}

                data: {"type":"response.completed","response":{"status":"completed"}}


                """
            case .messages:
                """
                data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"think \(step)"}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"S\(step)"}}

                data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"c\(step)","name":"look","input":{}}}

                data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"n\\":\(step)}"}}

                data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"input_tokens":1,"output_tokens":1}}


                """
            }
        return try read(text, api).get().turn
    }

    /// The prompt is built for caches: each request begins with all of the one before it.
    @Test(arguments: Scenario.InferenceAPI.allCases)
    func eachRequestBeginsWithTheOneBefore(api: Scenario.InferenceAPI) throws {
        let prepared = try prepared(api)
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: 8000)
        var before = prepared.head.bytes + conversation.request { "" }.turns.joined()
        for step in 1...10 {
            let turn = try turn(api, step)
            let calls = try conversation.begin(turn, number: step)
            conversation.reply("result \(step)", to: calls[0])
            let now = prepared.head.bytes + conversation.request { "" }.turns.joined()
            #expect(now.starts(with: before) && now.count > before.count)
            before = now
            _ = try body(prepared, &conversation)
        }
        #expect(conversation.exchanges == 10)
    }

    @Test func chatSendsBackReasoningAndSignatures() throws {
        let prepared = try prepared(.chat)
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: 8000)
        let calls = try conversation.begin(try turn(.chat, 1), number: 1)
        conversation.reply("ok", to: calls[0])
        _ = try conversation.begin(ModelTurn(content: "well"), number: 2)
        conversation.reply("call a tool", to: nil)
        let turns = try #require(try body(prepared, &conversation)["messages"]?.array)
        #expect(
            turns[2] == [
                "role": "assistant", "content": .null, "reasoning_content": "think 1",
                "tool_calls": [
                    [
                        "id": "c1", "type": "function", "function": ["name": "look", "arguments": #"{"n":1}"#],
                        "extra_content": ["google": ["thought_signature": "S1"]],
                    ]
                ],
            ]
        )
        #expect(turns[3] == ["role": "tool", "tool_call_id": "c1", "content": "ok"])
        #expect(turns[4] == ["role": "assistant", "content": "well", "reasoning_content": ""])
        #expect(turns[5] == ["role": "user", "content": "call a tool"])
    }

    @Test func responsesSendsBackItemsAsTheyCame() throws {
        let prepared = try prepared(.responses)
        #expect(prepared.request.url == "http://model/v1/responses")
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: 8000)
        let calls = try conversation.begin(try turn(.responses, 1), number: 1)
        conversation.reply("ok", to: calls[0])
        let body = try body(prepared, &conversation)
        #expect(body["store"] == false && body["instructions"] == "Do it." && body["max_output_tokens"] == 1024)
        #expect(body["include"] == ["reasoning.encrypted_content"] && body["stream_options"] == nil)
        #expect(
            body["tools"] == [
                [
                    "type": "function", "name": "look", "description": "Look.", "parameters": ["type": "object"],
                    "strict": false,
                ]
            ]
        )
        #expect(
            body["input"] == [
                ["role": "user", "content": "Go."],
                ["type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "E1"],
                ["type": "function_call", "id": "f1", "call_id": "c1", "name": "look", "arguments": #"{"n":1}"#],
                ["type": "function_call_output", "call_id": "c1", "output": "ok"],
            ]
        )
    }

    @Test func messagesSendsBackThoughtsAndAnswersAllCallsInOneMessage() throws {
        let prepared = try prepared(.messages)
        #expect(prepared.request.url == "http://model/v1/messages")
        #expect(prepared.request.headers.contains { $0 == ("x-api-key", "k") })
        #expect(prepared.request.headers.contains { $0 == ("anthropic-version", "2023-06-01") })
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: 8000)
        let calls = try conversation.begin(try turn(.messages, 1), number: 1)
        conversation.reply("ok", to: calls[0])
        conversation.reply("also", to: calls[0])
        let body = try body(prepared, &conversation)
        #expect(body["system"] == "Do it." && body["max_tokens"] == 1024)
        #expect(body["cache_control"] == ["type": "ephemeral"])
        #expect(body["tools"]?[0]?["input_schema"] == ["type": "object"])
        let turns = try #require(body["messages"]?.array)
        #expect(
            turns[1]["content"] == [
                ["type": "thinking", "thinking": "think 1", "signature": "S1"],
                ["type": "tool_use", "id": "c1", "name": "look", "input": ["n": 1]],
            ]
        )
        #expect(
            turns[2] == [
                "role": "user",
                "content": [
                    ["type": "tool_result", "tool_use_id": "c1", "content": "ok"],
                    ["type": "tool_result", "tool_use_id": "c1", "content": "also"],
                ],
            ]
        )
        _ = try conversation.begin(try turn(.messages, 2), number: 2)
        #expect(try self.body(prepared, &conversation)["messages"]?[3]?["role"] == "assistant")
    }

    /// An answer without words and calls leaves nothing in the history that endpoints refuse.
    @Test(arguments: Scenario.InferenceAPI.allCases)
    func aBlankAnswerLeavesNoTurn(api: Scenario.InferenceAPI) throws {
        let prepared = try prepared(api)
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: 8000)
        let first = try conversation.begin(ModelTurn(content: " \n"), number: 1)
        #expect(first.isEmpty)
        conversation.reply("Call a tool.", to: nil)
        let key = api.dialect.turnsKey
        let turns = try #require(try body(prepared, &conversation)[key]?.array)
        #expect(turns.suffix(2) == [["role": "user", "content": "Go."], ["role": "user", "content": "Call a tool."]])
        #expect(turns.count == (api == .chat ? 3 : 2))
        let calls = try conversation.begin(try turn(api, 2), number: 2)
        conversation.reply("result", to: calls[0])
        _ = try conversation.begin(ModelTurn(content: ""), number: 3)
        conversation.reply("Call a tool.", to: nil)
        let text = try body(prepared, &conversation).text
        #expect(text.contains(#""result\n\nCall a tool.""#), "behind a result no turn of the user may stand")
    }

    @Test func everyMemberButAFewIsTheUsers() throws {
        let prepared = try prepared(.chat) { inference in
            inference.temperature = 0.5
            inference.body = [
                "max_completion_tokens": .null, "stream_options": .null, "temperature": .null, "seed": 7,
                "stream": false,
                "model": "mine", "tool_choice": "required",
            ]
            inference.parallelToolCalls = false
        }
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: 8000)
        let body = try body(prepared, &conversation)
        for gone in ["max_completion_tokens", "stream_options", "temperature"] { #expect(body[gone] == nil) }
        #expect(body["seed"] == 7 && body["tool_choice"] == "required" && body["parallel_tool_calls"] == false)
        #expect(body["stream"] == true)
        let other = try self.prepared(.chat) { inference in
            inference.tokenLimitKey = "max_tokens"
            inference.urlQuery = "api-version=2024-10-21"
            inference.apiKeyHeader = "api-key"
        }
        #expect(other.request.url == "http://model/v1/chat/completions?api-version=2024-10-21")
        #expect(other.request.headers.contains { $0 == ("api-key", "k") })
        #expect(!other.request.headers.contains { $0.name == "Authorization" })
        var second = Conversation(other, goal: "Go.", contextTokens: 8000)
        let sent = try self.body(other, &second)
        #expect(sent["max_tokens"] == 1024 && sent["max_completion_tokens"] == nil)
    }

    /// The conversation is cut to half of its room at once, and says then what the session knows.
    @Test func isCutByHalf() throws {
        let prepared = try prepared(.chat)
        let head = prepared.head.bytes.count
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: (head + 4000) / 4)
        var sizes: [Int] = []
        var cuts = 0
        for step in 0..<40 {
            let call = ToolCall(id: "c\(step)", name: "look", arguments: ToolArguments("{}"))
            _ = try conversation.begin(ModelTurn(content: "", calls: [call]), number: step)
            conversation.reply(String(repeating: "x", count: 200), to: call)
            let body = try body(prepared, &conversation)
            sizes.append(body.utf8.count)
            guard sizes.count > 1, sizes[step] < sizes[step - 1] else { continue }
            cuts += 1
            #expect(sizes[step] - head < 2600)
            #expect(
                body["messages"]?.array?.last?["content"]?.string?.hasSuffix(
                    "\n\nEarlier steps are left out here. Known: {{a}}"
                ) ?? false
            )
            #expect(body["messages"]?[1] == ["role": "user", "content": "Go."])
        }
        #expect(cuts >= 3 && cuts <= 8 && (sizes.max() ?? 0) <= head + 4000)
    }

    /// Bytes a token are what the endpoint says.
    @Test func theBudgetGoesByTheEndpointsOwnCount() throws {
        let prepared = try prepared(.chat)
        var conversation = Conversation(prepared, goal: "Go.", contextTokens: 1000)
        _ = conversation.request { "" }
        // Two bytes a token: what was 4000 bytes of budget is 2000 now.
        conversation.learn(TokenUsage(prompt: Int64(prepared.head.bytes.count) / 2, completion: 1))
        for step in 0..<10 {
            let call = ToolCall(id: "c\(step)", name: "look", arguments: ToolArguments("{}"))
            _ = try conversation.begin(ModelTurn(content: "", calls: [call]), number: step)
            conversation.reply(String(repeating: "x", count: 200), to: call)
            #expect(try body(prepared, &conversation).utf8.count < 2700)
        }
    }
}
