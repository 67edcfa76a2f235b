extension OpenAPIDocument {
    private static let types: Set<String> = ["object", "array", "string", "number", "integer", "boolean", "null"]

    /// The types that a merged schema allows, null among them; none where it does not say.
    static func types(of schema: JSONObject) -> [String] {
        var types = schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] } ?? []
        if types.isEmpty, schema["properties"] != nil { types = ["object"] }
        if types.isEmpty, schema["items"] != nil { types = ["array"] }
        if schema["nullable"]?.bool == true, !types.isEmpty { types.append("null") }
        return types.filter(Self.types.contains)
    }

    /// The schemas of which one must fit; nil where it has none.
    static func alternatives(of schema: JSONObject) -> [JSONValue]? {
        if let alternatives = schema["anyOf"]?.array ?? schema["oneOf"]?.array { return alternatives }
        let mapped = (schema["discriminator"]?["mapping"]?.object ?? [:]).map { JSONValue.object(["$ref": $0.value]) }
        return mapped.isEmpty ? nil : mapped.uniqued
    }

    /// Whether the alternatives are what a discriminator's values stand for, which have this schema's fields too.
    static func isMapped(_ schema: JSONObject) -> Bool {
        schema["anyOf"]?.array == nil && schema["oneOf"]?.array == nil && alternatives(of: schema) != nil
    }

    /// The greatest number of properties of one schema that are looked at.
    private static let maximumProperties = 1000

    /// The properties that a request can set.
    func properties(of schema: JSONObject) -> [JSONObject.Element] {
        (schema["properties"]?.object ?? [:]).prefix(Self.maximumProperties)
            .filter { merged($0.value)["readOnly"]?.bool != true }
    }

    static func required(of schema: JSONObject) -> Set<String> {
        Set((schema["required"]?.array ?? []).compactMap(\.string))
    }
}

extension String {
    /// The first line, with three dots where it is cut.
    func firstLine(atMost bytes: Int) -> String {
        (split(whereSeparator: \.isNewline).first.map(String.init) ?? "").cut(atMost: bytes)
    }

    /// One line without NUL, with three dots where it is cut.
    func cut(atMost bytes: Int) -> String {
        var line = replacing("\n", with: " ").replacing("\0", with: "")
        guard line.utf8.count > bytes else { return line }
        line = String(decoding: line.utf8.prefix(bytes), as: UTF8.self)
        while line.utf8.count > bytes - 3 { line.removeLast() }
        return line + "..."
    }
}
