import ApeCore
import Testing

@testable import ApeInference

/// Streams as servers send them, and not as any document has them.
@Suite struct LooseStreamTests {
    private func chunks(_ deltas: [String], finish: String? = "tool_calls") -> String {
        var text = deltas.map { "data: {\"choices\":[{\"delta\":\($0)}]}\n\n" }.joined()
        if let finish { text += "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"\(finish)\"}]}\n\n" }
        return text
    }

    private func call(_ head: String, _ arguments: String) -> String {
        "{\"tool_calls\":[{\(head)\"function\":{\"name\":\"look\",\"arguments\":\(arguments)}}]}"
    }

    @Test(arguments: [
        // Every call has the index 0 and no id, the same id, or neither index nor id, as texts or as objects.
        [#""index":0,"id":"","#, #""index":0,"id":"","#], [#""index":0,"id":"x","#, #""index":0,"id":"x","#], ["", ""],
    ])
    func twoCallsAreTwoCalls(heads: [String]) throws {
        for quoted in [true, false] {
            let first = quoted ? #""{\"n\":1}""# : #"{"n":1}"#
            let second = quoted ? #""{\"n\":2}""# : #"{"n":2}"#
            let calls = try read(chunks([call(heads[0], first), call(heads[1], second)])).get().turn.calls
            #expect(calls.map(\.arguments.text) == [#"{"n":1}"#, #"{"n":2}"#])
            #expect(calls[0].id != calls[1].id && !calls[0].id.isEmpty && !calls[1].id.isEmpty)
        }
    }

    @Test func anEmptyObjectBeforeTheArgumentsIsNone() throws {
        let text = chunks([
            call(#""index":0,"id":"a","#, #""{}""#),
            #"{"tool_calls":[{"index":0,"function":{"arguments":"{\"n\":1}"}}]}"#,
        ])
        #expect(try read(text).get().turn.calls.map(\.arguments.text) == [#"{"n":1}"#])
    }

    @Test func aNameThatIsRepeatedBehindItsCallIsNoOther() throws {
        let text = chunks([call(#""index":0,"id":"a","#, #""{\"n\":1}""#), call(#""index":0,"id":"a","#, #""""#)])
        #expect(try read(text).get().turn.calls.count == 1)
    }

    @Test func contentMayBeAListOfParts() throws {
        let text = chunks(
            [
                #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]}"#,
                #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"b"}]}]}"#,
                #"{"content":[{"type":"text","text":"Hel"}]}"#, #"{"content":"lo"}"#,
            ],
            finish: "stop"
        )
        let pieces = text.split(separator: "\n\n").map { Array("\($0)\n\n".utf8)[...] }
        let answer = try read(pieces, at: { Int64($0) }).get()
        #expect(answer.turn.content == "Hello")
        #expect(answer.times.firstToken == 0 && answer.times.firstAnswerToken == 2)
        #expect(
            try JSONValue(parsing: answer.turn.carried.content) == [
                ["type": "thinking", "thinking": [["type": "text", "text": "ab"]]], ["type": "text", "text": "Hello"],
            ]
        )
    }

    @Test func reasoningDetailsAreJoinedAndGoBack() throws {
        let text = chunks(
            [
                #"{"reasoning":"a","reasoning_details":[{"type":"reasoning.text","index":0,"text":"a","signature":null}]}"#,
                #"{"reasoning":"b","reasoning_details":[{"type":"reasoning.text","index":0,"text":"b","signature":"S"}]}"#,
                #"{"content":"x","reasoning_content":null}"#,
            ],
            finish: "stop"
        )
        let members = try read(text).get().turn.carried.members
        #expect(
            String(decoding: members, as: UTF8.self)
                == #","reasoning":"ab","reasoning_details":[{"type":"reasoning.text","index":0,"text":"ab","signature":"S"}]"#
        )
    }

    @Test func anEmptyFinishReasonIsNone() {
        for word in ["", "null"] {
            let text = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"\(word)\"}]}\n\n"
            #expect(read(text) == .failure(.cutShort))
        }
    }

    @Test(arguments: ["error", "abort", "insufficient_system_resource"])
    func aFinishReasonMayBeAnError(word: String) {
        let text = chunks([#"{"content":"a"}"#], finish: word)
        guard case .failure(.errorObject) = read(text) else {
            Issue.record("\(word) passes for an answer")
            return
        }
    }

    @Test(arguments: [
        (
            #"{"error":{"code":404,"message":"No endpoints found that support tool use"}}"#,
            StreamFailure.errorObject(message: "No endpoints found that support tool use", code: "404")
        ),
        (#"[{"error":{"code":400,"message":"bad"}}]"#, .errorObject(message: "bad", code: "400")),
        (#"{"error":"model not found"}"#, .errorObject(message: "model not found", code: nil)),
        (#"{"choices":[{"message":{"content":"whole"}}]}"#, .notStreaming), ("<!doctype html><p>Hi", .page),
        ("{\n \"error\": {\n \"message\": \"pretty\"\n}}", .errorObject(message: "pretty", code: nil)),
    ])
    func anAnswerThatIsNoStreamIsToldAsWhatItIs(body: String, failure: StreamFailure) {
        #expect(read(body) == .failure(failure))
        #expect(read(body.utf8.map { [$0][...] }) == .failure(failure))
    }

    @Test func tokensComeInManyPlaces() throws {
        func usage(_ chunk: String) throws -> TokenUsage? {
            try read(chunks([#"{"content":"a"}"#], finish: nil) + "data: \(chunk)\n\ndata: [DONE] \n\n").get().usage
        }
        #expect(
            try usage(#"{"choices":[],"x_groq":{"usage":{"prompt_tokens":5,"completion_tokens":2,"queue_time":0.1}}}"#)
                == TokenUsage(prompt: 5, completion: 2)
        )
        #expect(
            try usage(
                #"{"choices":[{"delta":{},"usage":{"prompt_tokens":5,"completion_tokens":2,"cached_tokens":3}}]}"#
            )
                == TokenUsage(prompt: 5, completion: 2, cached: 3)
        )
        let beside =
            #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":10,"completion_tokens_details":{"reasoning_tokens":3}}}"#
        #expect(try usage(beside) == TokenUsage(prompt: 5, completion: 5, reasoning: 3), "xAI counts reasoning beside")
        let odd = #"{"choices":[],"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":-4}}"#
        #expect(try usage(odd) == nil, "a figure that cannot be is none")
    }

    @Test func aServersTimesAreTakenInEachForm() throws {
        let text =
            chunks([#"{"content":"a"}"#])
            + #"data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2},"timings":{"prompt_ms":37.5,"predicted_ms":80}}"#
            + "\n\n"
        let info = try read(text).get().timeInfo
        #expect(info == TimeInfo(queueMicros: nil, promptMicros: 37_500, completionMicros: 80_000))
    }
}
