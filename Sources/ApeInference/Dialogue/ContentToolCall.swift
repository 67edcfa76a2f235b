import ApeCore

/// Tool calls of a model that has no tool calling: one JSON object in its content.
enum ContentToolCall {
    /// Places at which an object is tried.
    private static let maximumAttempts = 8

    /// What such a model is told of the tools.
    static func rules(_ tools: [ToolDefinition]) -> String {
        var lines = ["Answer with exactly one JSON object and nothing else: {\"tool\": \"...\", \"arguments\": {...}}."]
        lines.append("The tools and their arguments:")
        for tool in tools { lines.append("- \(tool.name) \(signature(tool.parameters)): \(tool.description)") }
        return lines.joined(separator: "\n")
    }

    /// A schema as a person would write it down: `{"path": string, "body"?: object}`.
    private static func signature(_ schema: JSONValue) -> String {
        let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
        let members = (schema["properties"]?.object ?? [:]).map { name, property in
            let words = property["enum"]?.array?.compactMap(\.string).map { "\"\($0)\"" }.joined(separator: " | ")
            let kind = words ?? property["type"]?.string ?? "value"
            return "\"\(name)\"\(required.contains(name) ? "" : "?"): \(kind)"
        }
        return "{" + members.joined(separator: ", ") + "}"
    }

    /// The JSON Schema of such an answer. Its root is one object, as every kind of constrained decoding wants it.
    static func schema(of tools: [ToolDefinition], isStrict: Bool) -> JSONValue {
        var kinds: [JSONValue] = []
        for tool in tools {
            let kind = tool.schema(isStrict: isStrict)
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        let arguments: JSONValue = kinds.count == 1 ? kinds[0] : ["anyOf": .array(kinds)]
        return [
            "type": "object",
            "properties": [
                "tool": ["type": "string", "enum": .array(tools.map { .string($0.name) })], "arguments": arguments,
            ],
            "required": ["tool", "arguments"], "additionalProperties": false,
        ]
    }

    /// The call `{"tool": ..., "arguments": {...}}` in `content`: bare, fenced, or after words. Models that were
    /// trained on `name` and `parameters` are understood too.
    ///
    /// - Throws: ``ApeError`` of code `invalid_call` with a reason for the model where there is none.
    static func read(_ content: String, number: Int) throws(ApeError) -> ToolCall {
        let bytes = Array(answer(of: content).utf8)
        var place = bytes.firstIndex(of: UInt8(ascii: "{"))
        var attempts = 0
        while let start = place, attempts < maximumAttempts {
            var scanner = JSONScanner(bytes, in: start..<bytes.count)
            if let object = try? scanner.takeValue(), let call = call(object, number: number) { return call }
            attempts += 1
            place = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "{"))
        }
        throw ApeError(.invalidCall, #"answer with one JSON object: {"tool": "...", "arguments": {...}}"#)
    }

    /// What follows a model's thinking aloud.
    private static func answer(of content: String) -> Substring {
        let end = "</think>"
        var rest = content[...]
        while let first = rest.firstIndex(of: "<") {
            rest = rest[first...]
            if rest.hasPrefix(end) { return rest.dropFirst(end.count) }
            rest = rest.dropFirst()
        }
        return content[...]
    }

    private static func call(_ object: JSONValue, number: Int) -> ToolCall? {
        guard let name = (object["tool"] ?? object["name"])?.string else { return nil }
        let arguments = object["arguments"] ?? object["parameters"] ?? [:]
        return ToolCall(id: "call_\(number)", name: name, arguments: ToolArguments(arguments))
    }
}
