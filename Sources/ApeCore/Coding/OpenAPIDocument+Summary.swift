extension OpenAPIDocument {
    /// The greatest number of parameters or fields that are listed.
    static let maximumFields = 16
    /// How many levels of `allOf` are looked into: a schema may refer to itself.
    static let maximumInheritance = 3

    /// `List products. Query: q?, limit? (integer). Body: product_id (integer), quantity? (integer).`
    func summary(of operation: JSONValue, in item: JSONValue) -> String {
        let title = operation["summary"]?.string ?? operation["description"]?.string ?? operation["operationId"]?.string
        let firstLine = (title ?? "").split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        var parts = firstLine.isEmpty ? [] : [firstLine]
        let parameters = (item["parameters"]?.array ?? []) + (operation["parameters"]?.array ?? [])
        for (place, word) in [("query", "Query"), ("header", "Headers")] {
            let fields = parameters.map(resolved).filter { $0["in"]?.string == place }.compactMap { parameter in
                parameter["name"]?.string.map {
                    field($0, schema: parameter["schema"], required: parameter["required"]?.bool ?? false)
                }
            }
            if !fields.isEmpty { parts.append("\(word): \(list(fields))") }
        }
        let content = resolved(operation["requestBody"] ?? .null)["content"]?.object
        let media = content?.first { $0.key.hasPrefix("application/json") }
        let body = bodyFields(media?.value["schema"] ?? .null, depth: 0)
        if !body.isEmpty { parts.append("Body: \(list(body))") }
        return cut(parts.map { $0.hasSuffix(".") ? $0 : $0 + "." }.joined(separator: " "))
    }

    private func bodyFields(_ schema: JSONValue, depth: Int) -> [String] {
        let schema = resolved(schema)
        guard depth < Self.maximumInheritance else { return [] }
        let inherited = (schema["allOf"]?.array ?? []).prefix(8).flatMap { bodyFields($0, depth: depth + 1) }
        let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
        let own = (schema["properties"]?.object ?? [:]).compactMap { name, property -> String? in
            if resolved(property)["readOnly"]?.bool == true { return nil }
            return field(name, schema: property, required: required.contains(name))
        }
        return inherited + own
    }

    private func field(_ name: String, schema: JSONValue?, required: Bool) -> String {
        let type = resolved(schema ?? .null)["type"]?.string
        let known = type.map { $0 == "string" ? "" : " (\($0))" } ?? ""
        return name + (required ? "" : "?") + known
    }

    private func list(_ fields: [String]) -> String {
        let more = fields.count > Self.maximumFields ? ", ..." : ""
        return fields.prefix(Self.maximumFields).joined(separator: ", ") + more
    }

    private func cut(_ text: String) -> String {
        var line = text.replacing("\n", with: " ").replacing("\0", with: "")
        let maximum = Scenario.Endpoint.maximumSummaryBytes
        guard line.utf8.count > maximum else { return line }
        line = String(decoding: line.utf8.prefix(maximum), as: UTF8.self)
        while line.utf8.count > maximum - 3 { line.removeLast() }
        return line + "..."
    }
}
