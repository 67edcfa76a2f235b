import ApeCore
import Testing

@testable import ApeDemo

@Suite("What must come back to the simulated endpoint")
struct InferenceRoundTripTests {
    typealias API = Scenario.InferenceAPI

    /// What is fed back, step by step: login, cart, checkout and order fail once.
    private static let results = [
        "HTTP 200\n{\"products\":[{\"id\":\"p-102\",\"stock\":3}]}", "HTTP 200\n{\"id\":\"p-102\"}",
        "HTTP 503\n", "HTTP 200\ncaptured: {{csrf_token}}\n{\"csrf_token\":\"c0ffee\"}", "HTTP 503\n",
        "HTTP 201\n{}", "HTTP 403\n{}", "HTTP 201\ncaptured: {{order_id}} = 17\n{\"order_id\":\"17\"}", "HTTP 500\n",
        "HTTP 200\n{}",
    ]

    private static func signed(_ test: @Sendable (InferenceClient) async throws -> Void) async throws {
        try await withInference {
            $0.reasoning = .signed
            $0.hasStrictMembers = true
        } _: {
            try await test($0)
        }
    }

    /// A dialogue after so many steps, all of which were answered.
    private static func dialogue(_ api: API, steps: Int, _ inference: InferenceClient) async throws -> RawDialogue {
        var dialogue = RawDialogue(api)
        for result in results.prefix(steps) { dialogue.add(try await inference.ask(dialogue), result: result) }
        return dialogue
    }

    @Test("Ten steps go through where everything comes back as it came", arguments: API.allCases)
    func tenSteps(api: API) async throws {
        try await Self.signed { inference in
            var dialogue = RawDialogue(api)
            var calls: [String] = []
            var cached: [Int64] = []
            for result in Self.results {
                let answer = try await inference.ask(dialogue)
                let (tool, arguments) = try dialogue.call(in: answer)
                calls.append("\(tool) \(arguments["path"]?.string ?? "")")
                #expect(arguments["target"] == nil)
                cached.append(try #require(dialogue.cachedTokens(of: answer)))
                dialogue.add(answer, result: result)
            }
            #expect(
                calls == [
                    "http_get /api/products", "http_get /api/products/p-102", "http_post /api/login",
                    "http_post /api/login", "http_post /api/cart/items", "http_post /api/cart/items",
                    "http_post /api/checkout", "http_post /api/checkout", "http_get /api/orders/{{order_id}}",
                    "http_get /api/orders/17",
                ]
            )
            let last = try dialogue.call(in: try await inference.ask(dialogue))
            #expect(last.tool == "finish" && last.arguments["outcome"] == "success")
            #expect(cached[0] == 0)
            #expect(cached == cached.sorted())
            // From the second step on, only the last turn and its result are new.
            #expect(cached[1] > 150)
        }
    }

    @Test("Chat: reasoning or a signature that is missing or changed is refused")
    func chat() async throws {
        try await Self.signed { inference in
            let whole = try await Self.dialogue(.chat, steps: 3, inference)
            func refusal(_ change: (inout JSONObject) -> Void) async throws -> String {
                var broken = whole
                guard case .object(var message) = whole.turns[4] else { return "" }
                change(&message)
                broken.turns[4] = .object(message)
                return try await inference.refusal(of: broken)
            }
            let call = try #require(whole.turns[4]["tool_calls"]?[0])
            guard case .object(var bare) = call else { return }
            bare["extra_content"] = nil
            let unsigned = JSONValue.object(bare)
            let passedBack = "The `reasoning_content` in the thinking mode must be passed back to the API."
            #expect(try await refusal { $0["reasoning_content"] = nil } == passedBack)
            #expect(
                try await refusal { $0["tool_calls"] = [unsigned] }
                    == "Function call is missing a thought_signature in functionCall parts. This is required for "
                    + "tools to work correctly. Additional data, function call `default_api:http_get`, position 4."
            )
            #expect(try await refusal { $0["reasoning_content"] = "Other" } == "Thought signature is not valid.")
        }
    }

    @Test("Responses: reasoning that is missing, changed, or alone is refused")
    func responses() async throws {
        try await Self.signed { inference in
            let whole = try await Self.dialogue(.responses, steps: 1, inference)
            #expect(whole.turns.map { $0["type"]?.string ?? "" }.prefix(3) == ["", "reasoning", "message"])
            var broken = whole
            broken.turns.removeSubrange(1...2)
            #expect(
                try await inference.refusal(of: broken)
                    == "Item 'fc_000000000000' of type 'function_call' was provided without its required 'reasoning' "
                    + "item: 'rs_000000000000'."
            )
            guard case .object(var item) = whole.turns[1] else { return }
            item["encrypted_content"] = "0123"
            broken = whole
            broken.turns[1] = .object(item)
            #expect(
                try await inference.refusal(of: broken)
                    == "The encrypted content for item rs_000000000000 could not be verified. Reason: Encrypted content "
                    + "could not be decrypted or parsed."
            )
            item["encrypted_content"] = nil
            broken.turns[1] = .object(item)
            #expect(
                try await inference.refusal(of: broken, status: 404).hasPrefix(
                    "Item with id 'rs_000000000000' not found. Items are not persisted when `store` is set to false."
                )
            )
            broken = whole
            broken.turns.removeSubrange(2...4)
            #expect(
                try await inference.refusal(of: broken)
                    == "Item 'rs_000000000000' of type 'reasoning' was provided without its required following item."
            )
            broken = whole
            broken.more["previous_response_id"] = "resp_1"
            #expect(try await inference.refusal(of: broken) == "Previous response with id 'resp_1' not found.")
        }
    }

    @Test("Messages: thinking that is missing or changed before a call is refused")
    func messages() async throws {
        try await Self.signed { inference in
            let whole = try await Self.dialogue(.messages, steps: 2, inference)
            func refusal(_ change: (inout [JSONValue]) -> Void) async throws -> String {
                var broken = whole
                var blocks = whole.turns[3]["content"]?.array ?? []
                change(&blocks)
                broken.turns[3] = ["role": "assistant", "content": .array(blocks)]
                return try await inference.refusal(of: broken)
            }
            let thinking = try #require(whole.turns[3]["content"]?[0])
            guard case .object(var changed) = thinking else { return }
            changed["thinking"] = "Other"
            let (other, unsigned) = (JSONValue.object(changed), ["type": "thinking", "thinking": "T"] as JSONValue)
            #expect(
                try await refusal { $0.removeFirst() }
                    == "messages.3.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. When "
                    + "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding "
                    + "the lastmost set of `tool_use` and `tool_result` blocks)."
            )
            #expect(
                try await refusal { $0[0] = other }
                    == "messages.3.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message "
                    + "cannot be modified. These blocks must remain as they were in the original response."
            )
            #expect(
                try await refusal { $0[0] = unsigned } == "messages.3.content.0.thinking.signature: Field required"
            )
        }
    }

    @Test("In JSON mode the text comes back with its reasoning", arguments: API.allCases)
    func jsonMode(api: API) async throws {
        try await Self.signed { inference in
            var dialogue = RawDialogue(api)
            dialogue.offersTools = false
            let schema: JSONValue = ["type": "object", "properties": ["path": ["type": "string"]]]
            let format: JSONValue = ["type": "json_schema", "name": "call", "schema": schema]
            switch api {
            case .chat:
                dialogue.more["response_format"] = [
                    "type": "json_schema", "json_schema": ["name": "call", "schema": schema],
                ]
            case .responses: dialogue.more["text"] = ["format": format]
            case .messages: dialogue.more["output_config"] = ["format": format]
            }
            dialogue.add(try await inference.ask(dialogue), result: "")
            dialogue.turns.append(["role": "user", "content": .string(Self.results[0])])
            let answer = try await inference.ask(dialogue)
            let text =
                switch api {
                case .chat: answer["choices"]?[0]?["message"]?["content"]?.string
                case .responses: answer["output"]?[1]?["content"]?[0]?["text"]?.string
                case .messages: answer["content"]?[1]?["text"]?.string
                }
            #expect(text == #"{"tool":"http_get","arguments":{"path":"/api/products/p-102"}}"#)
        }
    }

    @Test("A server that shows its reasoning unsigned takes a history with or without it", arguments: API.allCases)
    func unsigned(api: API) async throws {
        try await withInference {
            $0.reasoning = .text
            $0.hasStrictMembers = true
        } _: { inference in
            let whole = try await Self.dialogue(api, steps: 2, inference)
            _ = try await inference.ask(whole)
            var bare = whole
            bare.turns = bare.turns.filter { $0["type"] != "reasoning" }.map { turn in
                guard case .object(var turn) = turn else { return turn }
                turn["reasoning_content"] = nil
                if let blocks = turn["content"]?.array {
                    turn["content"] = .array(blocks.filter { $0["type"] != "thinking" })
                }
                return .object(turn)
            }
            #expect(bare.turns != whole.turns)
            _ = try await inference.ask(bare)
        }
    }
}
