import ApeCore

/// Writes a completion as Messages does: named events of content blocks, or one `message`.
struct MessagesWriter: CompletionWriter {
    private enum Block {
        case thinking, text, toolUse
    }

    private let completion: Completion
    /// The block that is under way, and its index.
    private var open: Block?
    private var index: Int64 = -1

    init(_ completion: Completion) {
        self.completion = completion
    }

    mutating func write(_ event: CompletionEvents.Event, nowMicros: Int64, to writer: inout JSONWriter) {
        var events = EventWriter(taking: &writer, timestamp: completion.stampsTime ? nowMicros : nil)
        switch event {
        case .start:
            events.write("message_start", ["message": message([], stopReason: .null, usage: .object(usageAtStart))])
        case .reasoning(let text):
            enter(.thinking, &events)
            delta(&events, ["type": "thinking_delta", "thinking": .string(text)])
        case .content(let text):
            enter(.text, &events)
            delta(&events, ["type": "text_delta", "text": .string(text)])
        case .toolHead:
            enter(.toolUse, &events)
            delta(&events, ["type": "input_json_delta", "partial_json": ""])
        case .arguments(let text): delta(&events, ["type": "input_json_delta", "partial_json": .string(text)])
        case .finish:
            leave(&events)
            let end: JSONValue = ["stop_reason": stopReason, "stop_sequence": nil]
            events.write("message_delta", ["delta": end, "usage": usage])
        case .usage: break
        case .done: events.write("message_stop", [:])
        }
        swap(&writer, &events.json)
    }

    func writeFailure(nowMicros: Int64, to writer: inout JSONWriter) {
        var events = EventWriter(taking: &writer)
        events.write("error", ["error": ["type": "overloaded_error", "message": "Overloaded"]])
        swap(&writer, &events.json)
    }

    func writeWhole(to writer: inout JSONWriter) {
        writer.write(answer)
    }

    private var answer: JSONValue {
        let decision = completion.decision
        var content: [JSONValue] = []
        if let reasoning = decision.reasoning {
            var block: JSONObject = ["type": "thinking", "thinking": .string(reasoning)]
            block["signature"] = .string(completion.signature ?? "")
            content.append(.object(block))
        }
        if !decision.thought.isEmpty { content.append(["type": "text", "text": .string(decision.thought)]) }
        if decision.tool != nil {
            // A whole answer has its input as an object, so arguments that are broken on purpose are missing here.
            var block = toolUse
            block["input"] = (try? JSONValue(parsing: decision.arguments)) ?? [:]
            content.append(.object(block))
        }
        return message(content, stopReason: stopReason, usage: usage)
    }
}

extension MessagesWriter {
    /// Begins a block, and ends the one before it.
    private mutating func enter(_ block: Block, _ events: inout EventWriter) {
        guard open != block else { return }
        leave(&events)
        open = block
        index += 1
        let begun: JSONValue =
            switch block {
            case .thinking: ["type": "thinking", "thinking": "", "signature": ""]
            case .text: ["type": "text", "text": ""]
            case .toolUse: .object(toolUse)
            }
        events.write("content_block_start", ["index": .integer(index), "content_block": begun])
        if index == 0 { events.write("ping", [:]) }
    }

    /// Ends the block under way.
    private mutating func leave(_ events: inout EventWriter) {
        guard let block = open else { return }
        if block == .thinking, let signature = completion.signature {
            delta(&events, ["type": "signature_delta", "signature": .string(signature)])
        }
        events.write("content_block_stop", ["index": .integer(index)])
        open = nil
    }

    private func delta(_ events: inout EventWriter, _ delta: JSONValue) {
        events.write("content_block_delta", ["index": .integer(index), "delta": delta])
    }

    private var toolUse: JSONObject {
        let name = completion.decision.tool ?? ""
        return [
            "type": "tool_use", "id": .string(Scenario.InferenceAPI.messages.callID(completion.suffix)),
            "name": .string(name), "input": [:],
        ]
    }

    private var stopReason: JSONValue { completion.decision.tool == nil ? "end_turn" : "tool_use" }

    private func message(_ content: [JSONValue], stopReason: JSONValue, usage: JSONValue) -> JSONValue {
        [
            "id": .string("msg_" + completion.suffix), "type": "message", "role": "assistant",
            "model": .string(completion.model), "content": .array(content), "stop_reason": stopReason,
            "stop_sequence": nil, "usage": usage,
        ]
    }

    /// The usage when the answer begins, its first token counted. What the cache read and took are no part of the input.
    private var usageAtStart: JSONObject {
        let usage = completion.usage
        return [
            "input_tokens": .integer(Int64(usage.prompt - usage.cached - usage.cacheWritten)),
            "cache_creation_input_tokens": .integer(Int64(usage.cacheWritten)),
            "cache_read_input_tokens": .integer(Int64(usage.cached)), "output_tokens": 1,
        ]
    }

    private var usage: JSONValue {
        var object = usageAtStart
        object["output_tokens"] = .integer(Int64(completion.usage.completion))
        object["output_tokens_details"] = ["thinking_tokens": .integer(Int64(completion.usage.reasoning))]
        return .object(object)
    }
}
