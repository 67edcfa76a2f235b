import ApeCore
import Testing
import TransportKit

@testable import ApeInference

@Suite struct ConversationTests {
    private func conversation(_ mode: Scenario.ToolMode = .tools, contextTokens: Int = 8000) throws -> Conversation {
        var inference = try #require(Scenario.shop.inference)
        inference.toolMode = mode
        let prepared = PreparedInference(
            inference,
            limits: Scenario.Limits(),
            tools: [],
            instructions: "",
            apiKey: nil,
            gate: nil
        )
        return Conversation(prepared, goal: "Do it.", contextTokens: contextTokens)
    }

    private func messages(_ conversation: Conversation) throws -> [JSONValue] {
        Array(try #require(try JSONValue(parsing: [0x5B] + conversation.turns.joined() + [0x5D]).array).dropFirst())
    }

    private func call(_ id: String, _ arguments: String) -> ToolCall {
        ToolCall(id: id, name: "http_get", arguments: ToolArguments(arguments))
    }

    @Test func keepsCallsAndResultsTogetherAndTheGoalFirst() throws {
        var conversation = try conversation(contextTokens: 250)
        for number in 0..<20 {
            let call = call("c\(number)", number == 19 ? "{broken" : "{}")
            let calls = try conversation.begin(ModelTurn(content: "é\"", calls: [call]), number: number)
            #expect(calls == [call])
            conversation.reply("answer \(number)", to: call)
            _ = conversation.request { "Known: {{a}}" }
        }
        let all = try #require(try JSONValue(parsing: [0x5B] + conversation.turns.joined() + [0x5D]).array)
        #expect(all.first == ["role": "user", "content": "Do it."])
        let messages = try messages(conversation)
        #expect(messages.count == conversation.exchanges * 2 && messages.count >= 4 && messages.count < 20)
        for pair in stride(from: 0, to: messages.count, by: 2) {
            #expect(messages[pair]["role"] == "assistant" && messages[pair + 1]["role"] == "tool")
            #expect(messages[pair]["tool_calls"]?[0]?["id"] == messages[pair + 1]["tool_call_id"])
        }
        #expect(messages.last?["content"]?.string?.hasPrefix("answer 19") ?? false)
        #expect(messages[messages.count - 2]["tool_calls"]?[0]?["function"]?["arguments"] == "{}")
    }

    /// Some servers refuse a conversation whose calls hold anything but JSON objects.
    @Test(arguments: [
        (#" {"a": 1} "#, #" {"a": 1} "#), (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#), ("", "{}"), ("  ", "{}"),
        ("[1]", "{}"), ("null", "{}"), (#"{"a":"#, "{}"), (#"{"a":1}}"#, "{}"),
        (#"{"a":""# + String(repeating: "x", count: 8192) + #""}"#, "{}"),
    ])
    func sendsBackObjectsOnly(arguments: String, sent: String) throws {
        var conversation = try conversation()
        _ = try conversation.begin(ModelTurn(content: "", calls: [call("c", arguments)]), number: 0)
        let message = try #require(try messages(conversation).first)
        #expect(message["content"] == .null)
        #expect(message["tool_calls"]?[0]?["function"] == ["name": "http_get", "arguments": .string(sent)])
    }

    @Test func speaksInWordsWithAModelThatHasNoToolCalling() throws {
        var conversation = try conversation(.json)
        let answer = #"{"tool":"finish","arguments":{"outcome":"success"}}"#
        let calls = try conversation.begin(ModelTurn(content: answer, calls: [call("c", "{}")]), number: 3)
        #expect(calls.map(\.id) == ["call_3"])
        conversation.reply("so be it", to: calls.first)
        #expect(throws: ApeError.self) { try conversation.begin(ModelTurn(content: "no"), number: 4) }
        #expect(
            try messages(conversation) == [
                ["role": "assistant", "content": .string(answer)], ["role": "user", "content": "so be it"],
                ["role": "assistant", "content": "no"],
            ]
        )
    }

    @Test(arguments: [
        ("null", "the arguments must be a JSON object, not null"), ("[", "the arguments are not valid JSON: "),
        (String(repeating: " ", count: ToolArguments.maximumBytes + 1), "the arguments are longer than 131072 bytes"),
    ])
    func saysWhatIsWrongWithArguments(text: String, reason: String) {
        do throws(ApeError) {
            Issue.record("taken: \(try ToolArguments(text).members())")
        } catch {
            #expect(error.message.hasPrefix(reason))
        }
    }
}
