import ApeCore

/// Writes a completion as Chat Completions does: `chat.completion.chunk` events, or one `chat.completion`.
struct ChatWriter: CompletionWriter {
    private let completion: Completion
    /// The bytes that every chunk begins with.
    private let head: [UInt8]

    init(_ completion: Completion) {
        self.completion = completion
        var writer = JSONWriter(reservingCapacity: 160)
        writer.member("data: {\"id\":", "chatcmpl-" + completion.suffix)
        writer.append(",\"object\":\"chat.completion.chunk\",\"created\":")
        writer.write(integer: completion.createdSeconds)
        writer.member(",\"model\":", completion.model)
        head = writer.bytes
    }

    func write(_ event: CompletionEvents.Event, nowMicros: Int64, to writer: inout JSONWriter) {
        if event == .done { return writer.append("data: [DONE]\n\n") }
        writer.bytes += head
        switch event {
        case .usage:
            writer.append(",\"choices\":[],\"usage\":")
            writer.write(usage)
            if let times = completion.times {
                writer.append(",\"time_info\":")
                writer.write(Self.json(times))
            }
        case .finish:
            writer.append(",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":")
            writer.write(string: finishReason)
            writer.append("}]")
        default:
            writer.append(",\"choices\":[{\"index\":0,\"delta\":{")
            writeDelta(event, to: &writer)
            writer.append("},\"finish_reason\":null}]")
        }
        if completion.stampsTime { writer.timestamp(nowMicros) }
        writer.append("}\n\n")
    }

    func writeFailure(nowMicros: Int64, to writer: inout JSONWriter) {
        writer.append(
            "data: {\"error\":{\"message\":\"The model failed\",\"type\":\"server_error\",\"code\":\"internal_error\"}}\n\n"
        )
    }

    var whole: JSONValue {
        let decision = completion.decision
        var message: JSONObject = ["role": "assistant", "content": .string(decision.thought)]
        message["reasoning_content"] = decision.reasoning.map { .string($0) }
        if let tool = decision.tool {
            var call: JSONObject = ["id": .string(callID), "type": "function"]
            call["function"] = ["name": .string(tool), "arguments": .string(decision.arguments)]
            call["extra_content"] = completion.signature.map { ["google": ["thought_signature": .string($0)]] }
            message["tool_calls"] = [.object(call)]
        }
        var body: JSONObject = [
            "id": .string("chatcmpl-" + completion.suffix), "object": "chat.completion",
            "created": .integer(completion.createdSeconds), "model": .string(completion.model),
            "choices": [["index": 0, "message": .object(message), "finish_reason": .string(finishReason)]],
            "usage": usage,
        ]
        if let times = completion.times { body["time_info"] = Self.json(times) }
        return .object(body)
    }
}

extension ChatWriter {
    private var callID: String { Scenario.InferenceAPI.chat.callID(completion.suffix) }

    private var finishReason: String { completion.decision.tool == nil ? "stop" : "tool_calls" }

    private func writeDelta(_ event: CompletionEvents.Event, to writer: inout JSONWriter) {
        switch event {
        case .start: writer.append("\"role\":\"assistant\",\"content\":\"\"")
        case .reasoning(let text): writer.member("\"reasoning_content\":", text)
        case .content(let text): writer.member("\"content\":", text)
        case .toolHead(let name):
            writer.member("\"tool_calls\":[{\"index\":0,\"id\":", callID)
            writer.member(",\"type\":\"function\",\"function\":{\"name\":", name)
            writer.append(",\"arguments\":\"\"}")
            if let signature = completion.signature {
                writer.member(",\"extra_content\":{\"google\":{\"thought_signature\":", signature)
                writer.append("}}")
            }
            writer.append("}]")
        case .arguments(let fragment):
            writer.member("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":", fragment)
            writer.append("}}]")
        case .finish, .usage, .done: break
        }
    }

    private var usage: JSONValue {
        let usage = completion.usage
        return [
            "prompt_tokens": .integer(Int64(usage.prompt)), "completion_tokens": .integer(Int64(usage.completion)),
            "total_tokens": .integer(Int64(usage.prompt + usage.completion)),
            "prompt_tokens_details": ["cached_tokens": .integer(Int64(usage.cached))],
            "completion_tokens_details": ["reasoning_tokens": .integer(Int64(usage.reasoning))],
        ]
    }

    private static func json(_ times: Completion.Times) -> JSONValue {
        func seconds(_ micros: Int64) -> JSONValue { .number(Double(micros) / 1_000_000) }
        return [
            "queue_time": seconds(times.queueMicros), "prompt_time": seconds(times.promptMicros),
            "completion_time": seconds(times.completionMicros),
            "total_time": seconds(times.queueMicros + times.promptMicros + times.completionMicros),
            "created": seconds(times.createdMicros),
        ]
    }
}
