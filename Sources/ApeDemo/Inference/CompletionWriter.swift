import ApeCore
import NIOCore

/// Writes a completion as OpenAI's API does: `chat.completion.chunk` events, or one `chat.completion`.
struct CompletionWriter: Sendable {
    /// The times of one decision for `time_info`, in microseconds.
    struct Times: Sendable {
        var createdMicros: Int64
        var queueMicros: Int64
        var promptMicros: Int64
        var completionMicros: Int64
    }

    var id: String
    var model: String
    var createdSeconds: Int64
    var promptTokens: Int
    var completionTokens: Int
    /// Written into the last chunk as `time_info`, as Cerebras does; nil to leave it out.
    var times: Times?
    /// Whether every chunk carries `ape_sent_us`.
    var stampsTime = false

    /// The bytes of several events that are sent together.
    func chunk(_ events: ArraySlice<CompletionEvents.Event>, nowMicros: Int64) -> ByteBuffer {
        var writer = JSONWriter(reservingCapacity: events.count * 256)
        let head = head
        for event in events {
            if event == .done {
                writer.append("data: [DONE]\n\n")
            } else {
                writer.bytes += head
                write(event, to: &writer)
                if stampsTime { write("ape_sent_us", nowMicros, to: &writer) }
                writer.append("}\n\n")
            }
        }
        return ByteBuffer(bytes: writer.bytes)
    }

    /// The event that ends a failed stream.
    static let failure = ByteBuffer(
        string: """
            data: {"error":{"message":"The model failed","type":"server_error","code":"internal_error"}}


            """
    )

    /// The whole answer to a request that is not streamed.
    func whole(_ decision: Decision, asContent: Bool) -> ByteBuffer {
        var message: JSONObject = ["role": "assistant", "content": .string(decision.thought)]
        if let tool = decision.tool, asContent {
            message["content"] = .string(CompletionEvents.contentCall(tool, decision.arguments))
        } else if let tool = decision.tool {
            let function: JSONValue = ["name": .string(tool), "arguments": .string(decision.arguments)]
            message["tool_calls"] = [["id": .string(callID), "type": "function", "function": function]]
        }
        let reason: JSONValue = decision.tool != nil && !asContent ? "tool_calls" : "stop"
        var body: JSONObject = [
            "id": .string(id), "object": "chat.completion", "created": .integer(createdSeconds),
            "model": .string(model),
            "choices": [["index": 0, "message": .object(message), "finish_reason": reason]], "usage": usage,
        ]
        if let times { body["time_info"] = Self.json(times) }
        return ByteBuffer(bytes: JSONValue.object(body).utf8)
    }
}

extension CompletionWriter {
    private var callID: String { "call_" + id.suffix(12) }

    /// The members that every chunk begins with.
    private var head: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 160)
        writer.append("data: {\"id\":")
        writer.write(string: id)
        writer.append(",\"object\":\"chat.completion.chunk\",\"created\":")
        writer.write(integer: createdSeconds)
        writer.append(",\"model\":")
        writer.write(string: model)
        return writer.bytes
    }

    /// Writes an event's members after the head, without the closing brace.
    private func write(_ event: CompletionEvents.Event, to writer: inout JSONWriter) {
        if case .usage = event {
            writer.append(",\"choices\":[],\"usage\":")
            writer.write(usage)
            if let times {
                writer.append(",\"time_info\":")
                writer.write(Self.json(times))
            }
            return
        }
        writer.append(",\"choices\":[{\"index\":0,\"delta\":{")
        var reason: String?
        switch event {
        case .role: writer.append("\"role\":\"assistant\",\"content\":\"\"")
        case .content(let text):
            writer.append("\"content\":")
            writer.write(string: text)
        case .toolHead(let name):
            writer.append("\"tool_calls\":[{\"index\":0,\"id\":")
            writer.write(string: callID)
            writer.append(",\"type\":\"function\",\"function\":{\"name\":")
            writer.write(string: name)
            writer.append(",\"arguments\":\"\"}}]")
        case .arguments(let fragment):
            writer.append("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":")
            writer.write(string: fragment)
            writer.append("}}]")
        case .finish(let why): reason = why
        case .usage, .done: break
        }
        writer.append("},\"finish_reason\":")
        if let reason { writer.write(string: reason) } else { writer.append("null") }
        writer.append("}]")
    }

    private func write(_ name: String, _ number: Int64, to writer: inout JSONWriter) {
        writer.append(",")
        writer.write(string: name)
        writer.append(":")
        writer.write(integer: number)
    }

    private var usage: JSONValue {
        [
            "prompt_tokens": .integer(Int64(promptTokens)), "completion_tokens": .integer(Int64(completionTokens)),
            "total_tokens": .integer(Int64(promptTokens + completionTokens)),
        ]
    }

    private static func json(_ times: Times) -> JSONValue {
        func seconds(_ micros: Int64) -> JSONValue { .number(Double(micros) / 1_000_000) }
        return [
            "queue_time": seconds(times.queueMicros), "prompt_time": seconds(times.promptMicros),
            "completion_time": seconds(times.completionMicros),
            "total_time": seconds(times.queueMicros + times.promptMicros + times.completionMicros),
            "created": seconds(times.createdMicros),
        ]
    }
}
