import ApeCore
import ApeTransfer

/// Anthropic's Messages: content blocks, of which thoughts go back with their signatures.
enum MessagesDialect: Dialect {
    static let keyHeader = "x-api-key"
    static let headers: [TransferRequest.Header] = [("anthropic-version", "2023-06-01")]
    static let tokenLimitKey = "max_tokens"
    static let turnsKey = "messages"
    /// The results of one turn's calls stand in one message of the user.
    static let resultsOpening: StaticString = "{\"role\":\"user\",\"content\":["
    static let resultsClosing: StaticString = "]}"

    /// The API's documentation gives the base without its version, other tools give it with it.
    static func path(below baseURL: String) -> String {
        (baseURL.hasSuffix("/v1") ? "" : "/v1") + Scenario.InferenceAPI.messages.path
    }

    static func members(_ draft: RequestHead.Draft) -> JSONObject {
        var members: JSONObject = [
            "system": .string(draft.instructions), "cache_control": ["type": "ephemeral"],
        ]
        if !draft.tools.isEmpty {
            members["tools"] = .array(
                draft.tools.map { tool in
                    var definition: JSONObject = [
                        "name": .string(tool.name), "description": .string(tool.description),
                        "input_schema": draft.schema(of: tool),
                    ]
                    if draft.isStrict { definition["strict"] = true }
                    return .object(definition)
                }
            )
            if let parallel = draft.parallelToolCalls {
                members["tool_choice"] = ["type": "auto", "disable_parallel_tool_use": .bool(!parallel)]
            }
        }
        if case .schema(let schema) = draft.answerForm {
            members["output_config"] = ["format": ["type": "json_schema", "schema": schema]]
        }
        return members
    }

    static func write(_ turn: ModelTurn, to writer: inout JSONWriter) {
        writer.append("{\"role\":\"assistant\",\"content\":[")
        writer.bytes += turn.carried.content
        writer.append("]}")
    }

    static func write(result text: String, ofCall id: String, to writer: inout JSONWriter) {
        writer.append("{\"type\":\"tool_result\",\"tool_use_id\":")
        writer.write(string: id)
        writer.append(",\"content\":")
        writer.write(string: text)
        writer.append("}")
    }

    static func carried(_ parts: CarriedParts, content: String, calls: [ToolCall]) -> ModelTurn.Carried {
        var bytes: [UInt8] = []
        for block in parts.blocks {
            let call = calls.first { $0.block == block.index }
            guard let part = block.bytes(call: call) else { continue }
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes += part
        }
        return ModelTurn.Carried(content: bytes)
    }
}
