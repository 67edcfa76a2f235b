import ApeCore
import ApeTransfer

/// OpenAI's Chat Completions, as far as an agent speaks them.
///
/// All that is peculiar to them stands here: where a request goes and what proves who asks, how its body is written
/// (in this file), and what a stream's events mean (`ChatDialect+Events.swift`).
enum ChatDialect {
    /// Where requests go, below the endpoint's base URL.
    static let path = "/chat/completions"
    /// Bytes of the model's own words that are kept of one answer.
    static let maximumContentBytes = 2048

    /// What proves to the endpoint who asks.
    static func authorization(_ apiKey: String) -> TransferRequest.Header {
        ("Authorization", "Bearer \(apiKey)")
    }

    /// The body up to its messages: the same for all requests of a scenario.
    ///
    /// The scenario's own members win over the defaults, but for the stream and the messages, without which nothing
    /// could be measured.
    static func opening(_ inference: Scenario.Inference, tools: [ToolDefinition]) -> [UInt8] {
        var members: JSONObject = ["model": .string(inference.model)]
        if let temperature = inference.temperature { members["temperature"] = .number(temperature) }
        if inference.body["max_tokens"] == nil {
            members["max_completion_tokens"] = .integer(inference.maxCompletionTokens)
        }
        if inference.toolMode == .tools { members["tools"] = .array(tools.map(function)) }
        for member in inference.body { members[member.key] = member.value }
        members["stream"] = true
        var options = members["stream_options"]?.object ?? JSONObject()
        options["include_usage"] = true
        members["stream_options"] = .object(options)
        members["messages"] = nil
        var bytes = JSONValue.object(members).utf8
        bytes.removeLast()
        return bytes + Array(",\"messages\":[".utf8)
    }

    private static func function(_ tool: ToolDefinition) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description), "parameters": tool.parameters,
            ],
        ]
    }

    /// The whole body of a request.
    ///
    /// - Parameters:
    ///   - opening: as ``opening(_:tools:)`` makes it.
    ///   - instructions: the system prompt's constant part, escaped for a JSON string.
    ///   - known: the system prompt's end.
    ///   - goal: the first message of the user, escaped for a JSON string.
    ///   - messages: what was said since, each with a comma before it.
    /// - Returns: the body, ready to be sent.
    static func body(
        opening: [UInt8],
        instructions: [UInt8],
        known: String,
        goal: [UInt8],
        messages: [UInt8]
    ) -> [UInt8] {
        let size = opening.count + instructions.count + known.utf8.count + goal.count + messages.count
        var writer = JSONWriter(reservingCapacity: size + 128)
        writer.bytes += opening
        writer.append("{\"role\":\"system\",\"content\":\"")
        writer.bytes += instructions
        writer.bytes += known.escapedJSON
        writer.append("\"},{\"role\":\"user\",\"content\":\"")
        writer.bytes += goal
        writer.append("\"}")
        writer.bytes += messages
        writer.append("]}")
        return writer.bytes
    }

    /// Writes the message of what the model said.
    static func write(_ turn: ModelTurn, to writer: inout JSONWriter) {
        writer.append("{\"role\":\"assistant\",\"content\":")
        if turn.content.isEmpty, !turn.calls.isEmpty {
            writer.append("null")
        } else {
            writer.write(string: String(decoding: turn.content.utf8.prefix(maximumContentBytes), as: UTF8.self))
        }
        guard !turn.calls.isEmpty else { return writer.append("}") }
        writer.append(",\"tool_calls\":[")
        for (index, call) in turn.calls.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append("{\"id\":")
            writer.write(string: call.id)
            writer.append(",\"type\":\"function\",\"function\":{\"name\":")
            writer.write(string: call.name)
            writer.append(",\"arguments\":")
            writer.write(string: call.arguments.sentText)
            writer.append("}}")
        }
        writer.append("]}")
    }

    /// Writes the message of what came of a call, or of what the user says where `call` is nil.
    static func write(reply text: String, toCall call: String?, to writer: inout JSONWriter) {
        if let call {
            writer.append("{\"role\":\"tool\",\"tool_call_id\":")
            writer.write(string: call)
            writer.append(",\"content\":")
        } else {
            writer.append("{\"role\":\"user\",\"content\":")
        }
        writer.write(string: text)
        writer.append("}")
    }
}
