import ApeCore
import NIOCore
import Testing

@testable import ApeDemo

@Suite("Streams and whole answers of the simulated endpoint, written out")
struct InferenceStreamTests {
    typealias API = Scenario.InferenceAPI

    private static let plan: [CompletionEvents.Event] = [
        .start, .reasoning("A\n"), .reasoning("B"), .content("I"), .content(" go."), .toolHead(name: "http_get"),
        .arguments("{\"path\""), .arguments(":\"/\"}"), .finish, .usage, .done,
    ]

    private func completion(signed: Bool = true) -> Completion {
        var completion = Completion(
            suffix: "7",
            model: "m",
            createdSeconds: 9,
            decision: Decision(reasoning: "A\nB", thought: "I go.", tool: "http_get", arguments: #"{"path":"/"}"#),
            usage: .init(prompt: 50, completion: 7)
        )
        (completion.usage.cached, completion.usage.reasoning) = (30, 2)
        completion.signature = signed ? "5160" : nil
        return completion
    }

    /// The stream in two writes, as it goes out.
    private func stream(_ api: API, _ completion: Completion) -> String {
        var writer = api.writer(completion)
        let events = api == .chat ? Self.plan : Self.plan.filter { $0 != .usage }
        let bytes = writer.chunk(events[..<4], nowMicros: 5) + writer.chunk(events[4...], nowMicros: 6)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Chat: reasoning, words, the call with its thought signature, the usage with its details")
    func chat() {
        let head = #"data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":9,"model":"m","choices":"#
        func chunk(_ delta: String, _ reason: String = "null") -> String {
            head + #"[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)}]}"#
        }
        let call =
            #"{"tool_calls":[{"index":0,"id":"call_7","type":"function","function":{"name":"http_get","arguments":""},"#
            + #""extra_content":{"google":{"thought_signature":"5160"}}}]}"#
        let usage =
            #"{"prompt_tokens":50,"completion_tokens":7,"total_tokens":57,"prompt_tokens_details":"#
            + #"{"cached_tokens":30},"completion_tokens_details":{"reasoning_tokens":2}}"#
        let expected = [
            chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"reasoning_content":"A\n"}"#),
            chunk(#"{"reasoning_content":"B"}"#), chunk(#"{"content":"I"}"#), chunk(#"{"content":" go."}"#),
            chunk(call),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\""}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":":\"/\"}"}}]}"#), chunk("{}", #""tool_calls""#),
            head + #"[],"usage":\#(usage)}"#, "data: [DONE]", "",
        ]
        #expect(stream(.chat, completion()) == expected.joined(separator: "\n\n"))
    }

    @Test("Responses: numbered events of a summary with its encrypted content, a message and a call")
    func responses() {
        let summary = #"{"type":"summary_text","text":"A\nB"}"#
        let reasoning = #"{"type":"reasoning","id":"rs_7","summary":[\#(summary)],"encrypted_content":"5160"}"#
        let text = #"{"type":"output_text","text":"I go.","annotations":[]}"#
        let message = #"{"type":"message","id":"msg_7","role":"assistant","status":"completed","content":[\#(text)]}"#
        let arguments = #""arguments":"{\"path\":\"/\"}""#
        let call =
            #"{"type":"function_call","id":"fc_7","call_id":"call_7","name":"http_get",\#(arguments),"#
            + #""status":"completed"}"#
        let usage =
            #"{"input_tokens":50,"input_tokens_details":{"cached_tokens":30},"output_tokens":7,"#
            + #""output_tokens_details":{"reasoning_tokens":2},"total_tokens":57}"#
        func response(_ status: String, _ output: String, _ usage: String) -> String {
            #""response":{"id":"resp_7","object":"response","created_at":9,"status":"\#(status)","error":null,"#
                + #""incomplete_details":null,"model":"m","output":[\#(output)],"store":false,"usage":\#(usage)}"#
        }
        let (first, second, third) = (
            #""output_index":0,"item_id":"rs_7","summary_index":0"#,
            #""output_index":1,"item_id":"msg_7","content_index":0"#, #""output_index":2,"item_id":"fc_7""#
        )
        let events: [(String, String)] = [
            ("created", response("queued", "", "null")), ("in_progress", response("in_progress", "", "null")),
            ("output_item.added", #""output_index":0,"item":{"type":"reasoning","id":"rs_7","summary":[]}"#),
            ("reasoning_summary_part.added", first + #","part":{"type":"summary_text","text":""}"#),
            ("reasoning_summary_text.delta", first + #","delta":"A\n""#),
            ("reasoning_summary_text.delta", first + #","delta":"B""#),
            ("reasoning_summary_text.done", first + #","text":"A\nB""#),
            ("reasoning_summary_part.done", first + #","part":\#(summary)"#),
            ("output_item.done", #""output_index":0,"item":\#(reasoning)"#),
            (
                "output_item.added",
                #""output_index":1,"item":{"type":"message","id":"msg_7","role":"assistant","status":"in_progress","#
                    + #""content":[]}"#
            ), ("content_part.added", second + #","part":{"type":"output_text","text":"","annotations":[]}"#),
            ("output_text.delta", second + #","delta":"I""#), ("output_text.delta", second + #","delta":" go.""#),
            ("output_text.done", second + #","text":"I go.""#), ("content_part.done", second + #","part":\#(text)"#),
            ("output_item.done", #""output_index":1,"item":\#(message)"#),
            (
                "output_item.added",
                #""output_index":2,"item":{"type":"function_call","id":"fc_7","call_id":"call_7","name":"http_get","#
                    + #""arguments":"","status":"in_progress"}"#
            ), ("function_call_arguments.delta", third + #","delta":"{\"path\"""#),
            ("function_call_arguments.delta", third + #","delta":":\"/\"}""#),
            ("function_call_arguments.done", third + ",\(arguments)"),
            ("output_item.done", #""output_index":2,"item":\#(call)"#),
            ("completed", response("completed", "\(reasoning),\(message),\(call)", usage)),
        ]
        let expected = events.enumerated().map { number, event in
            "event: response.\(event.0)\n"
                + #"data: {"type":"response.\#(event.0)","sequence_number":\#(number),\#(event.1)}"#
        }
        let stream = stream(.responses, completion())
        for (line, wanted) in zip(stream.split(separator: "\n\n"), expected) { #expect(line == wanted) }
        #expect(stream == expected.joined(separator: "\n\n") + "\n\n")
    }

    @Test("Messages: thinking with its signature, text and a call as blocks, the usage at both ends")
    func messages() {
        var completion = completion()
        completion.usage.cacheWritten = 8
        let input = #""input_tokens":12,"cache_creation_input_tokens":8,"cache_read_input_tokens":30,"#
        func delta(_ index: Int, _ type: String, _ member: String) -> (String, String) {
            ("content_block_delta", #","index":\#(index),"delta":{"type":"\#(type)",\#(member)}"#)
        }
        func block(_ index: Int, _ block: String) -> (String, String) {
            ("content_block_start", #","index":\#(index),"content_block":{\#(block)}"#)
        }
        let events: [(String, String)] = [
            (
                "message_start",
                #","message":{"id":"msg_7","type":"message","role":"assistant","model":"m","content":[],"#
                    + #""stop_reason":null,"stop_sequence":null,"usage":{\#(input)"output_tokens":1}}"#
            ), block(0, #""type":"thinking","thinking":"","signature":"""#), ("ping", ""),
            delta(0, "thinking_delta", #""thinking":"A\n""#), delta(0, "thinking_delta", #""thinking":"B""#),
            delta(0, "signature_delta", #""signature":"5160""#), ("content_block_stop", #","index":0"#),
            block(1, #""type":"text","text":"""#), delta(1, "text_delta", #""text":"I""#),
            delta(1, "text_delta", #""text":" go.""#), ("content_block_stop", #","index":1"#),
            block(2, #""type":"tool_use","id":"toolu_7","name":"http_get","input":{}"#),
            delta(2, "input_json_delta", #""partial_json":"""#),
            delta(2, "input_json_delta", #""partial_json":"{\"path\"""#),
            delta(2, "input_json_delta", #""partial_json":":\"/\"}""#), ("content_block_stop", #","index":2"#),
            (
                "message_delta",
                #","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{\#(input)"output_tokens":7,"#
                    + #""output_tokens_details":{"thinking_tokens":2}}"#
            ), ("message_stop", ""),
        ]
        let expected = events.map { "event: \($0.0)\ndata: {\"type\":\"\($0.0)\"\($0.1)}\n\n" }
        #expect(stream(.messages, completion) == expected.joined())
    }

    private func whole(_ completion: Completion) throws -> JSONValue {
        try JSONValue(parsing: String(buffer: API.responses.writer(completion).whole))
    }

    @Test("Responses: an open model's reasoning comes as text, and nothing is encrypted")
    func openReasoning() throws {
        let stream = stream(.responses, completion(signed: false))
        #expect(
            stream.contains(
                #"{"type":"response.reasoning_text.delta","sequence_number":4,"output_index":0,"item_id":"rs_7","#
                    + #""content_index":0,"delta":"A\n"}"#
            )
        )
        let whole = try whole(completion(signed: false))
        #expect(
            whole["output"]?[0]?.text
                == #"{"type":"reasoning","id":"rs_7","summary":[],"content":[{"type":"reasoning_text","text":"A\nB"}]}"#
        )
        var unasked = completion()
        unasked.sendsSignature = false
        let item = try self.whole(unasked)["output"]?[0]
        #expect(item?.text == #"{"type":"reasoning","id":"rs_7","summary":[{"type":"summary_text","text":"A\nB"}]}"#)
    }

    @Test("Chat: a whole answer has the members of a stream, and the times at its end")
    func wholeChat() {
        var completion = completion()
        completion.times = .init(
            createdMicros: 9_000_000,
            queueMicros: 0,
            promptMicros: 500_000,
            completionMicros: 250_000
        )
        let message =
            #"{"role":"assistant","content":"I go.","reasoning_content":"A\nB","tool_calls":[{"id":"call_7","#
            + #""type":"function","function":{"name":"http_get","arguments":"{\"path\":\"/\"}"},"#
            + #""extra_content":{"google":{"thought_signature":"5160"}}}]}"#
        #expect(
            String(buffer: API.chat.writer(completion).whole)
                == #"{"id":"chatcmpl-7","object":"chat.completion","created":9,"model":"m","choices":[{"index":0,"#
                + #""message":\#(message),"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":50,"#
                + #""completion_tokens":7,"total_tokens":57,"prompt_tokens_details":{"cached_tokens":30},"#
                + #""completion_tokens_details":{"reasoning_tokens":2}},"time_info":{"queue_time":0.0,"#
                + #""prompt_time":0.5,"completion_time":0.25,"total_time":0.75,"created":9.0}}"#
        )
    }

    @Test("A failure in mid-stream has each API's form")
    func failures() {
        func failure(_ api: API) -> String {
            var writer = api.writer(completion())
            _ = writer.chunk([.start], nowMicros: 5)
            return String(decoding: writer.failure(nowMicros: 6), as: UTF8.self)
        }
        #expect(
            failure(.chat)
                == #"data: {"error":{"message":"The model failed","type":"server_error","code":"internal_error"}}"#
                + "\n\n"
        )
        #expect(
            failure(.responses).hasPrefix(
                "event: error\n" + #"data: {"type":"error","sequence_number":2,"error":{"type":"server_error","#
                    + #""code":"server_error","message":"The model failed"}}"#
                    + "\n\nevent: response.failed\n" + #"data: {"type":"response.failed","sequence_number":3,"#
            )
        )
        #expect(
            failure(.messages)
                == "event: error\n"
                + #"data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"# + "\n\n"
        )
    }

    @Test("Time stamps stand in every event of every API", arguments: API.allCases)
    func timestamps(api: API) {
        var completion = completion()
        completion.stampsTime = true
        let events = stream(api, completion).split(separator: "\n\n").filter { $0 != "data: [DONE]" }
        #expect(events.allSatisfy { $0.hasSuffix(#","ape_sent_us":5}"#) || $0.hasSuffix(#","ape_sent_us":6}"#) })
    }

    @Test("An API's stream goes out as it is laid out", arguments: [API.responses, .messages])
    func endToEnd(api: API) async throws {
        try await withInference({ $0.reasoning = .signed }) { inference in
            var dialogue = RawDialogue(api)
            dialogue.isStreamed = true
            let answer = try await inference.post(JSONValue.object(dialogue.body).text, to: dialogue.path)
            let events = String(buffer: answer.body).split(separator: "\n\n").map { $0.prefix { $0 != "\n" } }
            #expect(events.first == (api == .messages ? "event: message_start" : "event: response.created"))
            #expect(events.last == (api == .messages ? "event: message_stop" : "event: response.completed"))
        }
    }
}
