import ApeCore
import Testing

@testable import ApeDemo

@Suite("Requests of three APIs as one value")
struct ModelRequestTests {
    typealias API = Scenario.InferenceAPI

    private func request(_ api: API, _ body: String) throws -> ModelRequest {
        try ModelRequest(parsing: Array(body.utf8), api: api)
    }

    /// One conversation in each API: system text, goal, a call with its result, a text, and an answer to it.
    private static let bodies: [(API, String)] = [
        (
            .chat,
            #"""
            {"messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"Buy"}]},
            {"role":"assistant","content":"I","tool_calls":[{"id":"c","type":"function","function":{"name":"http_get",
            "arguments":"{\"path\":\"/api/products\"}"}}]},{"role":"tool","tool_call_id":"c","content":"HTTP 200\n"},
            {"role":"assistant","content":"Done?"},{"role":"user","content":"Go on"}]}
            """#
        ),
        (
            .responses,
            #"""
            {"input":[{"role":"user","content":[{"type":"input_text","text":"Buy"}]},{"type":"reasoning","id":"r",
            "summary":[{"type":"summary_text","text":"T"}]},{"type":"message","role":"assistant","content":[{"type":
            "output_text","text":"I"}]},{"type":"function_call","call_id":"c","name":"http_get","arguments":
            "{\"path\":\"/api/products\"}"},{"type":"function_call_output","call_id":"c","output":"HTTP 200\n"},
            {"role":"assistant","content":"Done?"},{"role":"user","content":"Go on"}],"instructions":"S"}
            """#
        ),
        (
            .messages,
            #"""
            {"messages":[{"role":"user","content":"Buy"},{"role":"assistant","content":[{"type":"thinking","thinking":
            "T","signature":"G"},{"type":"text","text":"I"},{"type":"tool_use","id":"c","name":"http_get","input":
            {"path":"/api/products"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":
            [{"type":"text","text":"HTTP 200\n"}]}]},{"role":"assistant","content":[{"type":"text","text":"Done?"}]},
            {"role":"user","content":"Go on"}],"system":[{"type":"text","text":"S"}]}
            """#
        ),
    ]

    @Test("The same conversation reads the same", arguments: bodies)
    func oneConversation(api: API, body: String) throws {
        let request = try request(api, body)
        let told = request.messages.map { message in
            "\(message.role): \(message.content.map(request.text) ?? "-")"
        }
        #expect(
            told == ["system: S", "user: Buy", "assistant: I", "tool: HTTP 200\n", "assistant: Done?", "user: Go on"]
        )
        let history = CallHistory(request)
        #expect(history.calls.map(\.route) == [.listProducts])
        #expect(history.calls.map(\.status) == [200])
    }

    @Test(
        "Calls name the target that the schemas name, and none where these have no such member",
        arguments: [
            (API.chat, #""tools":[{"function":{"parameters":{"properties":{"target":{"enum":["api"]}}}}}]"#, "api"),
            (.chat, #""tools":[{"function":{"parameters":{}}},{"function":{"parameters":{"properties":{}}}}]"#, nil),
            (
                .responses, #""tools":[{"name":"a","parameters":{}},{"parameters":{"properties":{"target":{}}}}]"#,
                "shop"
            ),
            (.responses, #""tools":[{"type":"function","name":"http_get","strict":true,"parameters":{}}]"#, nil),
            (.messages, #""tools":[{"name":"a","input_schema":{"properties":{"target":{"enum":["b","c"]}}}}]"#, "b"),
            (
                .chat, #""response_format":{"type":"json_schema","json_schema":{"schema":{"properties":{"tool":{}}}}}"#,
                nil
            ),
            (
                .responses,
                #""text":{"format":{"schema":{"anyOf":[{},{"properties":{"arguments":{"properties":"#
                    + #"{"target":{"enum":["x"]}}}}}]}}}"#,
                "x"
            ),
            (.messages, #""output_config":{"effort":"low","format":{"schema":{"properties":{}}}}"#, nil),
            (.chat, #""response_format":{"type":"json_object"}"#, "shop"), (.chat, #""n":1"#, "shop"),
        ] as [(API, String, String?)]
    )
    func targets(api: API, member: String, target: String?) throws {
        let turns = #"[{"role":"user","content":"Look around"}]"#
        let request = try request(api, #"{"\#(api == .responses ? "input" : "messages")":\#(turns),\#(member)}"#)
        #expect(request.target == target)
        #expect(try JSONValue(parsing: Planner(request).next("/").arguments)["target"]?.string == target)
    }

    @Test("Tools and system prompts are read again where they differ from the last ones")
    func readingAgain() throws {
        for name in ["one", "two", "two"] {
            let request = try request(
                .chat,
                #"{"tools":[{"function":{"name":"\#(name)"}}],"messages":[{"role":"system","content":"- GET /\#(name)"}]}"#
            )
            #expect(request.tools == [name])
            #expect(PromptFacts(request).endpoints.map(\.text) == ["GET /\(name)"])
        }
        let messages = #""messages":[{"role":"user","content":"Go"}]"#
        #expect(try request(.chat, #"{"tools":1,\#(messages)}"#).tools == [])
        #expect(try request(.chat, #"{"tools":12,\#(messages)}"#).tools == [])
    }

    @Test("Arguments are read with whatever escapes they are written in")
    func escapes() throws {
        for path in [#"\"/a\""#, #"\"\/a\""#, #"\"\u002fa\""#, #"\n\"/a\""#] {
            let call = #"{"function":{"name":"http_get","arguments":"{\"note\":\"\\\"\",\"path\":\#(path)}"}}"#
            let turns = #"[{"role":"assistant","tool_calls":[\#(call)]}]"#
            #expect(CallHistory(try request(.chat, #"{"messages":\#(turns)}"#)).calls.map(\.path) == ["/a"])
        }
    }

    @Test("What an agent knows ends its first turn", arguments: API.allCases)
    func knownValues(api: API) throws {
        let dialogue = RawDialogue(api)
        let request = try request(api, JSONValue.object(dialogue.body).text)
        let facts = PromptFacts(request)
        #expect(facts.offersUsername && facts.wantsToBuy && !facts.mentionsCart)
        #expect(facts.endpoints.count == ShopRoute.counted.count)
        #expect(request.tools == ["http_get", "http_post", "finish"])
        #expect(request.includesEncryptedReasoning == (api == .responses))
    }
}

extension Planner {
    fileprivate func next(_ path: String) -> Decision { decision("", "GET", path) }
}
