import ApeCore

/// Writes a completion as Responses does: named events with sequence numbers, or one `response`.
///
/// Reasoning with a signature comes as a summary, as from models that hide it; without one as text, as from open models.
struct ResponsesWriter: CompletionWriter {
    private enum Item {
        case reasoning, message, call
    }

    private let completion: Completion
    /// The number of the next event.
    private var sequence: Int64? = 0
    /// The item that is under way, and its place in the output.
    private var open: Item?
    private var outputIndex: Int64 = -1

    init(_ completion: Completion) {
        self.completion = completion
    }

    mutating func write(_ event: CompletionEvents.Event, nowMicros: Int64, to writer: inout JSONWriter) {
        var events = EventWriter(
            taking: &writer,
            sequence: sequence,
            timestamp: completion.stampsTime ? nowMicros : nil
        )
        switch event {
        case .start:
            events.write("response.created", ["response": response("queued", [], usage: .null)])
            events.write("response.in_progress", ["response": response("in_progress", [], usage: .null)])
        case .reasoning(let text):
            enter(.reasoning, &events)
            let type = isSummary ? "response.reasoning_summary_text.delta" : "response.reasoning_text.delta"
            events.write(type, place(isSummary ? "summary_index" : "content_index", ["delta": .string(text)]))
        case .content(let text):
            enter(.message, &events)
            events.write("response.output_text.delta", place("content_index", ["delta": .string(text)]))
        case .toolHead: enter(.call, &events)
        case .arguments(let text):
            events.write("response.function_call_arguments.delta", place(nil, ["delta": .string(text)]))
        case .finish: leave(&events)
        case .usage: break
        case .done: events.write("response.completed", ["response": answer])
        }
        sequence = events.sequence
        swap(&writer, &events.json)
    }

    mutating func writeFailure(nowMicros: Int64, to writer: inout JSONWriter) {
        var events = EventWriter(taking: &writer, sequence: sequence)
        let error: JSONValue = ["code": "server_error", "message": "The model failed"]
        events.write(
            "error",
            ["error": ["type": "server_error", "code": "server_error", "message": "The model failed"]]
        )
        guard case .object(var failed) = response("failed", [], usage: .null) else { return }
        failed["error"] = error
        events.write("response.failed", ["response": .object(failed)])
        sequence = events.sequence
        swap(&writer, &events.json)
    }

    func writeWhole(to writer: inout JSONWriter) {
        writer.write(answer)
    }

    private var answer: JSONValue {
        let decision = completion.decision
        var output: [JSONValue] = decision.reasoning == nil ? [] : [item(.reasoning)]
        if !decision.thought.isEmpty { output.append(item(.message)) }
        if decision.tool != nil { output.append(item(.call)) }
        return response("completed", output, usage: usage)
    }
}

extension ResponsesWriter {
    private var isSummary: Bool { completion.signature != nil }

    /// Begins an item, and ends the one before it.
    private mutating func enter(_ item: Item, _ events: inout EventWriter) {
        guard open != item else { return }
        leave(&events)
        open = item
        outputIndex += 1
        let begun: JSONValue = .object(begun(item))
        events.write("response.output_item.added", ["output_index": .integer(outputIndex), "item": begun])
        switch item {
        case .reasoning where isSummary:
            let part: JSONValue = ["type": "summary_text", "text": ""]
            events.write("response.reasoning_summary_part.added", place("summary_index", ["part": part]))
        case .reasoning:
            let part: JSONValue = ["type": "reasoning_text", "text": ""]
            events.write("response.content_part.added", place("content_index", ["part": part]))
        case .message:
            events.write("response.content_part.added", place("content_index", ["part": Self.outputText("")]))
        case .call: break
        }
    }

    /// Ends the item under way.
    private mutating func leave(_ events: inout EventWriter) {
        guard let item = open else { return }
        let decision = completion.decision
        switch item {
        case .reasoning:
            let text: JSONValue = .string(decision.reasoning ?? "")
            if isSummary {
                let part: JSONValue = ["type": "summary_text", "text": text]
                events.write("response.reasoning_summary_text.done", place("summary_index", ["text": text]))
                events.write("response.reasoning_summary_part.done", place("summary_index", ["part": part]))
            } else {
                let part: JSONValue = ["type": "reasoning_text", "text": text]
                events.write("response.reasoning_text.done", place("content_index", ["text": text]))
                events.write("response.content_part.done", place("content_index", ["part": part]))
            }
        case .message:
            let text: JSONValue = .string(decision.thought)
            let part = Self.outputText(decision.thought)
            events.write("response.output_text.done", place("content_index", ["text": text]))
            events.write("response.content_part.done", place("content_index", ["part": part]))
        case .call:
            let arguments: JSONValue = .string(decision.arguments)
            events.write("response.function_call_arguments.done", place(nil, ["arguments": arguments]))
        }
        events.write("response.output_item.done", ["output_index": .integer(outputIndex), "item": self.item(item)])
        open = nil
    }

    /// The members that place an event in the item under way, and its own.
    private func place(_ index: String?, _ members: JSONObject) -> JSONObject {
        var object: JSONObject = ["output_index": .integer(outputIndex)]
        object["item_id"] = open.map { .string(identifier($0)) }
        if let index { object[index] = 0 }
        for member in members { object[member.key] = member.value }
        return object
    }

    private func identifier(_ item: Item) -> String {
        switch item {
        case .reasoning: "rs_" + completion.suffix
        case .message: "msg_" + completion.suffix
        case .call: "fc_" + completion.suffix
        }
    }

    private static func outputText(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": []]
    }
}

extension ResponsesWriter {
    /// An item as it stands when it begins.
    private func begun(_ item: Item) -> JSONObject {
        let id: JSONValue = .string(identifier(item))
        switch item {
        case .reasoning: return ["type": "reasoning", "id": id, "summary": []]
        case .message:
            return ["type": "message", "id": id, "role": "assistant", "status": "in_progress", "content": []]
        case .call:
            return [
                "type": "function_call", "id": id,
                "call_id": .string(Scenario.InferenceAPI.responses.callID(completion.suffix)),
                "name": .string(completion.decision.tool ?? ""), "arguments": "", "status": "in_progress",
            ]
        }
    }

    /// A whole item.
    private func item(_ item: Item) -> JSONValue {
        var object = begun(item)
        let decision = completion.decision
        switch item {
        case .reasoning:
            let text: JSONValue = .string(decision.reasoning ?? "")
            if isSummary {
                object["summary"] = [["type": "summary_text", "text": text]]
            } else {
                object["content"] = [["type": "reasoning_text", "text": text]]
            }
            if completion.sendsSignature { object["encrypted_content"] = completion.signature.map { .string($0) } }
        case .message:
            object["status"] = "completed"
            object["content"] = [Self.outputText(decision.thought)]
        case .call:
            object["status"] = "completed"
            object["arguments"] = .string(decision.arguments)
        }
        return .object(object)
    }

    private func response(_ status: String, _ output: [JSONValue], usage: JSONValue) -> JSONValue {
        [
            "id": .string("resp_" + completion.suffix), "object": "response",
            "created_at": .integer(completion.createdSeconds), "status": .string(status), "error": nil,
            "incomplete_details": nil, "model": .string(completion.model), "output": .array(output), "store": false,
            "usage": usage,
        ]
    }

    private var usage: JSONValue {
        let usage = completion.usage
        return [
            "input_tokens": .integer(Int64(usage.prompt)),
            "input_tokens_details": ["cached_tokens": .integer(Int64(usage.cached))],
            "output_tokens": .integer(Int64(usage.completion)),
            "output_tokens_details": ["reasoning_tokens": .integer(Int64(usage.reasoning))],
            "total_tokens": .integer(Int64(usage.prompt + usage.completion)),
        ]
    }
}
