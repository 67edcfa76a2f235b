import ApeCore
import ApeTransfer

/// OpenAI's Responses, stateless: nothing is stored, and every output item goes back as it came, encrypted reasoning
/// included.
enum ResponsesDialect: Dialect {
    static let keyHeader = "Authorization"
    static let headers: [TransferRequest.Header] = []
    static let tokenLimitKey = "max_output_tokens"
    static let turnsKey = "input"

    static func path(below baseURL: String) -> String { Scenario.InferenceAPI.responses.path }

    static func members(_ draft: RequestHead.Draft) -> JSONObject {
        var members: JSONObject = [
            "store": false, "include": ["reasoning.encrypted_content"], "instructions": .string(draft.instructions),
        ]
        if !draft.tools.isEmpty {
            members["tools"] = .array(
                draft.tools.map { tool in
                    [
                        "type": "function", "name": .string(tool.name), "description": .string(tool.description),
                        "parameters": draft.schema(of: tool), "strict": .bool(draft.isStrict),
                    ]
                }
            )
            if let parallel = draft.parallelToolCalls { members["parallel_tool_calls"] = .bool(parallel) }
        }
        switch draft.answerForm {
        case .schema(let schema):
            members["text"] = [
                "format": [
                    "type": "json_schema", "name": "call", "strict": .bool(draft.isStrict), "schema": schema,
                ]
            ]
        case .anyObject: members["text"] = ["format": ["type": "json_object"]]
        case .free: break
        }
        return members
    }

    static func write(_ turn: ModelTurn, to writer: inout JSONWriter) {
        writer.bytes += turn.carried.content
    }

    static func write(result text: String, ofCall id: String, to writer: inout JSONWriter) {
        writer.append("{\"type\":\"function_call_output\",\"call_id\":")
        writer.write(string: id)
        writer.append(",\"output\":")
        writer.write(string: text)
        writer.append("}")
    }

    /// The items as they came; written from what was read where a server sends none.
    static func carried(_ parts: CarriedParts, content: String, calls: [ToolCall]) -> ModelTurn.Carried {
        guard parts.itemBytes.isEmpty else { return ModelTurn.Carried(content: parts.itemBytes) }
        var items: [JSONValue] = content.isEmpty ? [] : [["role": "assistant", "content": .string(content)]]
        items += calls.map { call in
            [
                "type": "function_call", "call_id": .string(call.id), "name": .string(call.name),
                "arguments": .string(call.arguments.sentText),
            ]
        }
        return ModelTurn.Carried(content: Array(JSONValue.array(items).utf8.dropFirst().dropLast()))
    }
}
