import ApeCore
import Testing

@testable import ApeInference

/// Streams after the published types of Anthropic's Messages.
@Suite struct MessagesTests {
    private static func stream(_ events: [String]) -> String {
        events.map { data in
            let type = (try? JSONValue(parsing: data))?["type"]?.string ?? ""
            return "event: \(type)\ndata: \(data)\n\n"
        }.joined()
    }

    private static let opening = [
        #"{"type":"message_start","message":{"id":"m","role":"assistant","content":[],"usage":{"input_tokens":20,"cache_creation_input_tokens":50,"cache_read_input_tokens":400,"output_tokens":1}}}"#,
        #"{"type":"ping"}"#,
    ]
    private static let thinking = [
        #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"I \"lo"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"ok\"."}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"SIG=="}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"RED"}}"#,
        #"{"type":"content_block_stop","index":1}"#,
    ]
    private static let calls = [
        #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"http_get","input":{}}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"path\":"}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"/a\"}"}}"#,
        #"{"type":"content_block_stop","index":2}"#,
        #"{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t2","name":"finish","input":{}}}"#,
        #"{"type":"content_block_stop","index":3}"#,
    ]

    private static func closing(_ reason: String) -> [String] {
        [
            #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":null},"usage":{"output_tokens":42}}"#,
            #"{"type":"message_stop"}"#,
        ]
    }

    @Test func readsThoughtsAndTwoCallsAndKeepsTheirBlocks() throws {
        let events = Self.opening + Self.thinking + Self.calls + Self.closing("tool_use")
        let answer = try read(events.map { Array(Self.stream([$0]).utf8)[...] }, .messages, at: { Int64($0) }).get()
        #expect(answer.turn.calls.map(\.id) == ["t1", "t2"])
        #expect(answer.turn.calls.map(\.arguments.text) == [#"{"path":"/a"}"#, ""])
        #expect(answer.turn.thought == #"I "look"."#)
        #expect(answer.usage == TokenUsage(prompt: 470, completion: 42, cached: 400, cacheWrite: 50))
        #expect(answer.ending == .complete)
        #expect(answer.times.firstToken == 3 && answer.times.firstAnswerToken == 9 && answer.times.firstToolCall == 12)
        #expect(
            String(decoding: answer.turn.carried.content, as: UTF8.self)
                == #"{"type":"thinking","thinking":"I \"look\".","signature":"SIG=="},"#
                + #"{"type":"redacted_thinking","data":"RED"},"#
                + #"{"type":"tool_use","id":"t1","name":"http_get","input":{"path":"/a"}},"#
                + #"{"type":"tool_use","id":"t2","name":"finish","input":{}}"#
        )
    }

    @Test(arguments: [
        ("end_turn", AnswerEnding.complete), ("stop_sequence", .complete), ("max_tokens", .length),
        ("model_context_window_exceeded", .length), ("refusal", .refused("refusal")),
    ])
    func saysWhyAnAnswerStopped(reason: String, ending: AnswerEnding) throws {
        #expect(try read(Self.stream(Self.opening + Self.closing(reason)), .messages).get().ending == ending)
    }

    @Test func anErrorAfterItsBeginningIsAFailedDecision() {
        let error = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
        let expected = StreamFailure.errorObject(message: "Overloaded", code: "overloaded_error")
        #expect(read(Self.stream(Self.opening + [error]), .messages) == .failure(expected))
        #expect(read(Self.stream(Self.opening + Self.thinking), .messages) == .failure(.cutShort))
    }
}
