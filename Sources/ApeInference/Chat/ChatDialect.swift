import ApeCore
import ApeTransfer

/// OpenAI's Chat Completions, and what other servers have made of them.
enum ChatDialect: Dialect {
    /// Bytes of the model's own words that go back to it, where they come as a text.
    static let maximumContentBytes = 2048

    static let keyHeader = "Authorization"
    static let headers: [TransferRequest.Header] = []
    static let tokenLimitKey = "max_completion_tokens"
    static let turnsKey = "messages"

    static func path(below baseURL: String) -> String { Scenario.InferenceAPI.chat.path }

    static func members(_ draft: RequestHead.Draft) -> JSONObject {
        var members: JSONObject = ["stream_options": ["include_usage": true]]
        if !draft.tools.isEmpty {
            members["tools"] = .array(
                draft.tools.map { tool in
                    var function: JSONObject = [
                        "name": .string(tool.name), "description": .string(tool.description),
                        "parameters": draft.schema(of: tool),
                    ]
                    if draft.isStrict { function["strict"] = true }
                    return ["type": "function", "function": .object(function)]
                }
            )
            if let parallel = draft.parallelToolCalls { members["parallel_tool_calls"] = .bool(parallel) }
        }
        switch draft.answerForm {
        case .schema(let schema):
            members["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": "call", "strict": .bool(draft.isStrict), "schema": schema],
            ]
        case .anyObject: members["response_format"] = ["type": "json_object"]
        case .free: break
        }
        return members
    }

    static func beforeTurns(_ draft: RequestHead.Draft) -> [UInt8] {
        let message: JSONValue = ["role": "system", "content": .string(draft.instructions)]
        return message.utf8 + Array(",".utf8)
    }

    static func write(_ turn: ModelTurn, to writer: inout JSONWriter) {
        writer.append("{\"role\":\"assistant\",\"content\":")
        if !turn.carried.content.isEmpty {
            writer.bytes += turn.carried.content
        } else if turn.content.isEmpty, !turn.calls.isEmpty {
            writer.append("null")
        } else {
            writer.write(string: String(decoding: turn.content.utf8.prefix(maximumContentBytes), as: UTF8.self))
        }
        writer.bytes += turn.carried.members
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
            writer.append("}")
            if !call.extra.isEmpty {
                writer.append(",\"extra_content\":")
                writer.bytes += call.extra
            }
            writer.append("}")
        }
        writer.append("]}")
    }

    static func write(result text: String, ofCall id: String, to writer: inout JSONWriter) {
        writer.append("{\"role\":\"tool\",\"tool_call_id\":")
        writer.write(string: id)
        writer.append(",\"content\":")
        writer.write(string: text)
        writer.append("}")
    }

    static func carried(_ parts: CarriedParts, content: String, calls: [ToolCall]) -> ModelTurn.Carried {
        ModelTurn.Carried(members: parts.memberBytes, content: parts.partBytes)
    }
}
