import ApeCore
import Testing

@testable import ApeInference

@Suite struct AnswerReaderTests {
    private static let names = [
        "cerebras-tools.sse", "cut-short.sse", "error-object.sse", "legacy-function.sse", "litellm-empty.sse",
        "litellm.sse", "llamacpp-tools.sse", "loose-calls.sse", "odd-framing.sse", "openai-tools.sse",
        "vllm-reasoning.sse",
    ]

    private func calls(_ name: String) throws -> [ToolCall] {
        try read([Fixture.bytes(name)[...]]).get().turn.calls
    }

    @Test func assemblesCallsInFragmentsByIndex() throws {
        let answer = try read([Fixture.bytes("openai-tools.sse")[...]]).get()
        #expect(
            answer.turn.calls.map(\.plain) == [
                ToolCall(
                    id: "call_a1",
                    name: "http_get",
                    arguments: ToolArguments(#"{"target":"shop","path":"/api/products"}"#)
                ),
                ToolCall(
                    id: "call_b2",
                    name: "http_post",
                    arguments: ToolArguments(
                        #"{"target":"shop","path":"/api/cart","body":{"sku":"a\"b}","quantity":2}}"#
                    )
                ),
            ]
        )
        #expect(answer.turn.content.isEmpty)
        #expect(answer.ending == .complete)
        #expect(answer.usage == TokenUsage(prompt: 412, completion: 38))
    }

    @Test func takesAWholeCallInOneDeltaAndTheServersTimes() throws {
        let answer = try read([Fixture.bytes("cerebras-tools.sse")[...]]).get()
        #expect(answer.turn.calls.map(\.id) == ["49c2b1f3a"])
        #expect(answer.timeInfo == TimeInfo(queueMicros: 73, promptMicros: 1070, completionMicros: 5663))
        #expect(answer.usage == TokenUsage(prompt: 301, completion: 27))
    }

    @Test func takesReasoningContentAndCallFromOneAnswer() throws {
        let answer = try read([Fixture.bytes("vllm-reasoning.sse")[...]]).get()
        #expect(answer.turn.content == "\n\n")
        #expect(answer.turn.calls.map(\.arguments.text) == [#"{"target": "shop", "path": "/api/products?q=café"}"#])
        #expect(answer.usage == TokenUsage(prompt: 500, completion: 60))
    }

    @Test func takesTheLooseFormsOfCalls() throws {
        #expect(try calls("llamacpp-tools.sse").map(\.arguments.text) == [#"{"target":"shop","path":"/api/products"}"#])
        #expect(try calls("legacy-function.sse").map(\.arguments.text) == [#"{"target":"shop","path":"/"}"#])
        #expect(
            try calls("loose-calls.sse").map(\.plain) == [
                ToolCall(id: "x1", name: "http_get", arguments: ToolArguments(#"{"target":"shop","path":"/a"}"#)),
                ToolCall(id: "x2", name: "http_get", arguments: ToolArguments(#"{"target":"shop","path":"/b"}"#)),
            ]
        )
    }

    @Test func takesTextAndEmptyAnswersOfLiteLLM() throws {
        let answer = try read([Fixture.bytes("litellm.sse")[...]]).get()
        #expect(answer.turn.content == "I would buy the headphones now.")
        #expect(answer.usage == TokenUsage(prompt: 18, completion: 7))
        let empty = try read([Fixture.bytes("litellm-empty.sse")[...]]).get()
        #expect(empty.turn.content.isEmpty && empty.turn.calls.isEmpty && empty.times.firstToken == nil)
        #expect(empty.usage == nil)
    }

    @Test func followsTheFramingRules() throws {
        let answer = try read([Fixture.bytes("odd-framing.sse")[...]]).get()
        #expect(answer.turn.content == "Hello")
        let bare = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}"
        for end in ["", "\n", "\r", "\r\n", "\r\r", "\n\n"] {
            #expect(try read(bare + end).get().turn.content == "a")
        }
    }

    @Test func tellsFailedStreamsFromShortAnswers() throws {
        #expect(read([try Fixture.bytes("cut-short.sse")[...]]) == .failure(.cutShort))
        #expect(
            read([try Fixture.bytes("error-object.sse")[...]])
                == .failure(.errorObject(message: "EngineCore encountered an issue", code: "500"))
        )
        #expect(
            read(try Fixture.text("litellm-429.json"))
                == .failure(
                    .errorObject(
                        message:
                            "litellm.RateLimitError: this is a mock rate limit error\n\nLiteLLM: model group 'limited' failed with "
                            + "the error above. No fallback was attempted.",
                        code: "429"
                    )
                )
        )
        #expect(read("") == .failure(.cutShort))
        #expect(read(": only comments\n\n") == .failure(.cutShort))
        #expect(
            read(#"data: {"object":"error","message":"no such model","code":404}"#)
                == .failure(.errorObject(message: "no such model", code: "404"))
        )
        #expect(read("event: error\ndata: broken") == .failure(.errorObject(message: "broken", code: nil)))
    }

    /// The pieces in which bytes arrive must not matter: every cut in two, and every byte alone.
    @Test(arguments: names) func readsTheSameAtEverySplit(name: String) throws {
        let bytes = try Fixture.bytes(name)
        let whole = read([bytes[...]])
        for cut in bytes.indices where read([bytes[..<cut], bytes[cut...]]) != whole {
            Issue.record("\(name) reads otherwise when cut at byte \(cut)")
        }
        #expect(read(bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test func stampsTheFirstTokenNotTheRole() throws {
        let events = try Fixture.text("vllm-reasoning.sse").split(separator: "\n\n").map {
            Array("\($0)\n\n".utf8)[...]
        }
        let times = try read(events, at: { Int64($0) }).get().times
        #expect(times == DecisionTimes(firstToken: 1, firstAnswerToken: 5, firstToolCall: 8, end: 9))
        let whole = try Fixture.text("openai-tools.sse").split(separator: "\n\n").map { Array("\($0)\n\n".utf8)[...] }
        #expect(try read(whole, at: { Int64($0) }).get().times.firstToolCall == 9)
    }

    @Test func keepsTheServersStampOfTheFirstToken() throws {
        let answer = try read(
            """
            data: {"ape_sent_us":1,"choices":[{"delta":{"role":"assistant"}}]}\n
            data: {"ape_sent_us":2,"choices":[{"delta":{"content":"a"}}]}\n
            data: {"ape_sent_us":3,"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}\n\n
            """
        ).get()
        #expect(answer.times.firstTokenSent == 2)
    }
}

extension ToolCall {
    /// The call without what the stream numbered it.
    fileprivate var plain: ToolCall { ToolCall(id: id, name: name, arguments: arguments) }
}
