import ApeCore

/// Writes a completion as Chat Completions does: `chat.completion.chunk` events, or one `chat.completion`.
struct ChatWriter: CompletionWriter {
    private let completion: Completion
    /// The bytes that every chunk begins with.
    private let head: [UInt8]
    /// Those that every chunk with a token begins with.
    private let deltaHead: [UInt8]

    init(_ completion: Completion) {
        self.completion = completion
        var writer = JSONWriter(reservingCapacity: 160)
        writer.member("data: {\"id\":", "chatcmpl-" + completion.suffix)
        writer.append(",\"object\":\"chat.completion.chunk\",\"created\":")
        writer.write(integer: completion.createdSeconds)
        writer.member(",\"model\":", completion.model)
        writer.append(",\"choices\":[")
        head = writer.bytes
        writer.append("{\"index\":0,\"delta\":{")
        deltaHead = writer.bytes
    }

    func write(_ event: CompletionEvents.Event, nowMicros: Int64, to writer: inout JSONWriter) {
        switch event {
        case .done: return writer.append("data: [DONE]\n\n")
        case .usage:
            writer.bytes += head
            writer.append("]")
            writeUsage(to: &writer)
        case .finish:
            writer.bytes += deltaHead
            writer.append("},\"finish_reason\":")
            writer.write(string: finishReason)
            writer.append("}]")
        default:
            writer.bytes += deltaHead
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

    func writeWhole(to writer: inout JSONWriter) {
        let decision = completion.decision
        writer.member("{\"id\":", "chatcmpl-" + completion.suffix)
        writer.append(",\"object\":\"chat.completion\",\"created\":")
        writer.write(integer: completion.createdSeconds)
        writer.member(",\"model\":", completion.model)
        writer.append(",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\"")
        writer.member(",\"content\":", decision.thought)
        if let reasoning = decision.reasoning { writer.member(",\"reasoning_content\":", reasoning) }
        if let tool = decision.tool {
            writer.member(",\"tool_calls\":[{\"id\":", callID)
            writer.member(",\"type\":\"function\",\"function\":{\"name\":", tool)
            writer.member(",\"arguments\":", decision.arguments)
            writer.append("}")
            writeSignature(to: &writer)
            writer.append("}]")
        }
        writer.member("},\"finish_reason\":", finishReason)
        writer.append("}]")
        writeUsage(to: &writer)
        writer.append("}")
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
            writeSignature(to: &writer)
            writer.append("}]")
        case .arguments(let fragment):
            writer.member("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":", fragment)
            writer.append("}}]")
        case .finish, .usage, .done: break
        }
    }

    /// The member of a call that carries what must come back with it.
    private func writeSignature(to writer: inout JSONWriter) {
        guard let signature = completion.signature else { return }
        writer.member(",\"extra_content\":{\"google\":{\"thought_signature\":", signature)
        writer.append("}}")
    }

    /// The members `usage` and, where it is asked for, `time_info`.
    private func writeUsage(to writer: inout JSONWriter) {
        let usage = completion.usage
        writer.member(",\"usage\":{\"prompt_tokens\":", usage.prompt)
        writer.member(",\"completion_tokens\":", usage.completion)
        writer.member(",\"total_tokens\":", usage.prompt + usage.completion)
        writer.member(",\"prompt_tokens_details\":{\"cached_tokens\":", usage.cached)
        writer.member("},\"completion_tokens_details\":{\"reasoning_tokens\":", usage.reasoning)
        writer.append("}}")
        guard let times = completion.times else { return }
        writer.append(",\"time_info\":")
        writer.write(Self.json(times))
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
