import ApeCore
import ApeTransfer
import Testing

@testable import ApeAgent

@Suite struct SessionStateTests {
    private func names(_ json: String) -> [String: String] {
        let values = UsualNames.values(inJSON: Array(json.utf8))
        return Dictionary(values.map { ($0.name, $0.value) }) { first, _ in first }
    }

    @Test func findsTheUsualNames() {
        #expect(
            names(#"{"token":"a","csrfToken":"b","accessToken":"c","orderID":7}"#) == [
                "token": "a", "csrf_token": "b", "access_token": "c", "order_id": "7",
            ]
        )
        #expect(
            names(#"{"order":{"id":"o1","user":{"id":3}},"id":9}"#) == ["order_id": "o1", "user_id": "3", "id": "9"]
        )
        #expect(names(#"{"data":{"id":"inner"},"id":"outer"}"#) == ["id": "outer"])
        #expect(
            names(#"{"items":[{"id":1}],"token":null,"id":"","session-id":"s","paid":true}"#) == ["session_id": "s"]
        )
        #expect(names(#"{"token":"kept","rest":[1,2"#) == ["token": "kept"])
    }

    @Test(arguments: ["", "[1]", "nonsense", "{", #"{"token":NaN}"#, String(repeating: #"{"a":"#, count: 10_000)])
    func findsNothingInOtherBodies(body: String) {
        #expect(names(body).isEmpty)
    }

    @Test func respectsRightsAndLimits() {
        var state = SessionState()
        let long = String(repeating: "a", count: SessionState.maximumValueBytes + 1)
        let taken = [
            state.set("agent", "1", .given, isBuiltIn: true), state.set("agent", "2", .kept),
            state.set("id", "given", .given), state.set("id", "found", .found),
            state.set("id", "captured", .captured), state.set("id", "found", .found),
            state.set("id", "kept", .kept), state.set("a b", "x", .kept), state.set("long", long, .kept),
        ]
        #expect(taken == [true, false, true, false, true, false, true, false, false])
        #expect(state.value("id") == "kept" && state.value("agent") == "1")
        for number in 0..<100 { state.set("n\(number)", String(repeating: "a", count: 4000), .kept) }
        let size = state.entries.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        #expect(size <= SessionState.maximumBytes)
        var many = SessionState()
        for number in 0..<100 { many.set("n\(number)", "", .kept) }
        #expect(many.entries.count == SessionState.maximumValues)
    }

    @Test func takesWhatAnAnswerHasToGive() throws {
        let captures = try [
            PreparedCapture(Capture(name: "first", source: .jsonPath("$.items[0].sku"))),
            PreparedCapture(Capture(name: "tag", source: .header("ETag"), path: "/api/orders/{id}")),
            PreparedCapture(Capture(name: "all", source: .jsonPath("$.items"))),
        ]
        func answer(_ path: String, _ status: Int = 200) -> TargetAnswer {
            var response = TransferResponse(
                status: status,
                headers: TransferHeaders([("etag", "v1"), ("X-CSRF-Token", "c1")])
            )
            response.body = Array(#"{"items":[{"sku":"k"}],"id":5}"#.utf8)
            response.bodyBytes = response.body.count
            return TargetAnswer(target: 0, method: "GET", path: path, response: response)
        }
        var state = SessionState()
        var first = answer("/api/products")
        let names = state.take(&first, captures: captures)
        #expect(names == ["first", "all", "csrf_token", "id"])
        #expect(state.value("all") == #"[{"sku":"k"}]"#)
        var second = answer("/api/orders/1?x=2")
        _ = state.take(&second, captures: captures)
        #expect(state.value("tag") == "v1")
        var failed = answer("/api/orders/1", 500)
        let none = state.take(&failed, captures: captures)
        #expect(none.isEmpty)
    }

    @Test func showsNamesButNoSecrets() {
        var state = SessionState()
        state.set("agent", "1", .given, isBuiltIn: true)
        state.set("username", "ada", .given)
        state.set("password", "hunter2", .given)
        state.set("csrf_token", "c-1", .found)
        state.set("note", String(repeating: "x", count: 100), .kept)
        #expect(SystemPrompt.text(of: state) == "\n\nKnown: {{username}} = ada; {{password}}; {{csrf_token}}; {{note}}")
        #expect(SystemPrompt.text(of: SessionState()).isEmpty)
    }

    @Test func keepsCallsAndAnswersTogether() throws {
        var conversation = Conversation(budgetBytes: 600)
        for number in 0..<20 {
            let call = ToolCall(id: "c\(number)", name: "http_get", arguments: number == 19 ? "{broken" : "{}")
            conversation.begin(DecisionAnswer(content: "é\"", calls: [call], times: DecisionTimes()))
            conversation.answer(call: call.id, "answer \(number)")
        }
        #expect(conversation.messages.count <= 600)
        let messages = try #require(try JSONValue(parsing: [0x5B] + conversation.messages.dropFirst() + [0x5D]).array)
        #expect(messages.count == conversation.exchanges * 2 && messages.count >= 4)
        for pair in stride(from: 0, to: messages.count, by: 2) {
            #expect(messages[pair]["role"] == "assistant" && messages[pair + 1]["role"] == "tool")
            #expect(messages[pair]["tool_calls"]?[0]?["id"] == messages[pair + 1]["tool_call_id"])
        }
        #expect(messages.last?["content"] == "answer 19")
        #expect(messages[messages.count - 2]["tool_calls"]?[0]?["function"]?["arguments"] == "{}")
        conversation.begin(words: "w")
        conversation.answer(String(repeating: "long ", count: 1000))
        #expect(conversation.exchanges == 1 && conversation.messages.count > 600)
    }
}
