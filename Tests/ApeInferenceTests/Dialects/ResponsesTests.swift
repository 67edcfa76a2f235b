import ApeCore
import Testing

@testable import ApeInference

/// Streams after the published types of OpenAI's Responses.
@Suite struct ResponsesTests {
    private static let reasoning =
        #"{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"I look."}],"encrypted_content":"ENC=="}"#
    private static func call(_ number: Int, _ path: String) -> String {
        #"{"id":"fc_\#(number)","type":"function_call","status":"completed","call_id":"c\#(number)","name":"http_get","#
            + #""arguments":"{\"path\":\"\#(path)\"}"}"#
    }

    private static func stream(_ events: [String]) -> String {
        events.map { data in
            let type = (try? JSONValue(parsing: data))?["type"]?.string ?? ""
            return "event: \(type)\ndata: \(data)\n\n"
        }.joined()
    }

    private static let answered = stream([
        #"{"type":"response.created","sequence_number":0,"response":{"id":"r","status":"queued","output":[]}}"#,
        #"{"type":"response.in_progress","sequence_number":1,"response":{"id":"r","status":"in_progress"}}"#,
        #"{"type":"keepalive","sequence_number":2}"#,
        #"{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"PART"}}"#,
        #"{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"I lo"}"#,
        #"{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"ok."}"#,
        #"{"type":"response.output_item.done","output_index":0,"item":\#(reasoning)}"#,
        #"{"type":"response.output_item.added","output_index":1,"item":{"id":"fc_1","type":"function_call","status":"in_progress","call_id":"c1","name":"http_get","arguments":""}}"#,
        #"{"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":1,"delta":"{\"path\":"}"#,
        #"{"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":1,"delta":"\"/a\"}"}"#,
        #"{"type":"response.function_call_arguments.done","item_id":"fc_1","output_index":1,"arguments":"{\"path\":\"/a\"}"}"#,
        #"{"type":"response.output_item.done","output_index":1,"item":\#(call(1, "/a"))}"#,
        #"{"type":"response.output_item.added","output_index":2,"item":{"id":"fc_2","type":"function_call","call_id":"c2","name":"http_get","arguments":""}}"#,
        #"{"type":"response.output_item.done","output_index":2,"item":\#(call(2, "/b"))}"#,
        #"{"type":"response.completed","response":{"id":"r","status":"completed","error":null,"incomplete_details":null,"output":[],"usage":{"input_tokens":120,"input_tokens_details":{"cached_tokens":100},"output_tokens":30,"output_tokens_details":{"reasoning_tokens":12},"total_tokens":150}}}"#,
    ])

    @Test func readsReasoningAndTwoCallsAndKeepsTheirItems() throws {
        var lines = Self.answered.split(separator: "\n\n").map { Array("\($0)\n\n".utf8)[...] }
        let answer = try read(lines, .responses, at: { Int64($0) }).get()
        #expect(answer.turn.calls.map(\.id) == ["c1", "c2"])
        #expect(answer.turn.calls.map(\.arguments.text) == [#"{"path":"/a"}"#, #"{"path":"/b"}"#])
        #expect(answer.turn.thought == "I look.")
        #expect(answer.usage == TokenUsage(prompt: 120, completion: 30, cached: 100, reasoning: 12))
        #expect(answer.times.firstToken == 4, "the first delta of the reasoning")
        #expect(answer.times.firstAnswerToken == 7, "the name of the first call")
        #expect(answer.times.firstToolCall == 9, "its arguments are whole")
        let items = [Self.reasoning, Self.call(1, "/a"), Self.call(2, "/b")].joined(separator: ",")
        #expect(String(decoding: answer.turn.carried.content, as: UTF8.self) == items)
        lines.removeLast()
        #expect(read(lines, .responses) == .failure(.cutShort))
    }

    /// llama.cpp sends no output index, LM Studio no deltas, and others no item of its own.
    @Test func readsWhatServersLeaveOut() throws {
        let text = Self.stream([
            #"{"type":"response.output_item.done","item":\#(Self.call(1, "/a"))}"#,
            #"{"type":"response.output_item.done","item":\#(Self.call(2, "/b"))}"#,
            #"{"type":"response.completed","response":{"status":"completed"}}"#,
        ])
        #expect(try read(text, .responses).get().turn.calls.map(\.id) == ["c1", "c2"])
        let late = Self.stream([
            #"{"type":"response.output_text.delta","delta":"hello"}"#,
            #"{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","id":"m"}]}}"#,
        ])
        let answer = try read(late, .responses).get()
        #expect(answer.turn.content == "hello" && answer.usage == nil)
        #expect(String(decoding: answer.turn.carried.content, as: UTF8.self) == #"{"type":"message","id":"m"}"#)
    }

    @Test(arguments: [
        (
            #"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}"#,
            AnswerEnding.length
        ),
        (
            #"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"}}}"#,
            .refused("content_filter")
        ),
    ])
    func saysWhyAnAnswerIsIncomplete(event: String, ending: AnswerEnding) throws {
        #expect(try read(Self.stream([event]), .responses).get().ending == ending)
    }

    @Test(arguments: [
        #"{"type":"error","code":"rate_limit_exceeded","message":"slow down","param":null}"#,
        #"{"type":"error","error":{"type":"server_error","code":"rate_limit_exceeded","message":"slow down"}}"#,
        #"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"slow down"}}}"#,
    ])
    func takesErrorsInEachForm(event: String) {
        let expected = StreamFailure.errorObject(message: "slow down", code: "rate_limit_exceeded")
        #expect(read(Self.stream([event]), .responses) == .failure(expected))
    }
}
