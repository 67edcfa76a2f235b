/// How values are told to a model: `limit? (integer, default 20)`, `status (open | closed)`, `lines (list of {sku, n?})`.
extension OpenAPIDocument {
    /// The greatest number of fields, of alternatives and of enumerated values that are listed.
    private static let maximumFields = 40
    private static let maximumAlternatives = 8
    private static let maximumValues = 12
    /// Levels of objects within objects whose fields are told.
    private static let maximumLevels = 3
    /// The longest default or example of one field, in bytes.
    private static let maximumValueBytes = 40

    /// Fields as one text; those that are required come first where not all have room.
    func list(_ fields: [String], more: String? = nil) -> String {
        let shown = fields.prefix(Self.maximumFields) + (fields.count > Self.maximumFields ? ["..."] : [])
        return (shown + (more.map { [$0] } ?? [])).joined(separator: ", ")
    }

    /// The fields of an object, and which others it takes.
    func fields(of schema: JSONObject, level: Int) -> String {
        let required = Self.required(of: schema)
        var properties = properties(of: schema)
        if properties.count > Self.maximumFields {
            properties =
                properties.filter { required.contains($0.key) } + properties.filter { !required.contains($0.key) }
        }
        var named: [String] = []
        var bytes = 0
        for (name, property) in properties where bytes <= Scenario.Endpoint.maximumSummaryBytes {
            named.append(field(name, schema: property, required: required.contains(name), level: level))
            bytes += named.last?.utf8.count ?? 0
        }
        let more = named.isEmpty ? "any keys" : "any more keys"
        switch schema["additionalProperties"] {
        case .bool(true): return list(named, more: more)
        case .object(let extra): return list(named, more: more + note(for: .object(extra), level: level))
        default: return list(named)
        }
    }

    private func field(_ name: String, schema: JSONValue, required: Bool, level: Int) -> String {
        name + (required ? "" : "?") + note(for: schema, level: level)
    }

    /// What is said of a value after its name.
    ///
    /// - Parameters:
    ///   - schema: that of the value.
    ///   - example: what may have an example apart from the schema, as a parameter does.
    ///   - style: how it is written.
    ///   - level: how many objects it stands in, and one more.
    /// - Returns: ` (integer, default 20)`; empty for a text of which nothing more is known.
    func note(for schema: JSONValue, example: JSONValue = .null, style: String = "", level: Int = 1) -> String {
        let schema = merged(schema)
        let kind = kind(of: schema, level: level)
        var parts = kind == "string" && style.isEmpty ? [] : [kind, style].filter { !$0.isEmpty }
        if let value = schema["default"].flatMap(Self.shortText) {
            parts.append("default \(value)")
        } else if kind != "boolean", Self.values(of: schema) == nil,
            let value = (self.example(in: example) ?? self.example(in: .object(schema))).flatMap(Self.shortText)
        {
            parts.append("such as \(value)")
        }
        return parts.isEmpty ? "" : " (" + parts.joined(separator: ", ") + ")"
    }

    /// The first example that a schema, a parameter or a media type has.
    func example(in value: JSONValue) -> JSONValue? {
        if let example = value["example"], example != .null { return example }
        if let first = value["examples"]?[0] { return first }
        return value["examples"]?.object?.first.flatMap { resolved($0.value)["value"] }
    }

    private static func shortText(_ value: JSONValue) -> String? {
        guard value != .null, value.object == nil else { return nil }
        let text = value.string ?? value.text
        return text.isEmpty || text.utf8.count > maximumValueBytes || text.contains(where: \.isNewline) ? nil : text
    }

    /// `integer`, `a | b`, `list of {sku}`; empty where it may be anything.
    func kind(of schema: JSONObject, level: Int) -> String {
        if let values = Self.values(of: schema) {
            let texts = values.prefix(Self.maximumValues).map { $0.string ?? $0.text }
            if texts.count == 1 { return "always \(texts[0])" }
            return texts.joined(separator: " | ") + (values.count > texts.count ? " | ..." : "")
        }
        if Self.isFile(schema) { return "file" }
        var kinds = Self.types(of: schema).filter { $0 != "null" }.map { kind($0, schema, level: level) }
        if let alternatives = Self.alternatives(of: schema), level <= Self.maximumLevels {
            kinds = alternatives.prefix(Self.maximumAlternatives).map { kind(of: merged($0), level: level + 1) }
                .filter { !$0.isEmpty }
        }
        return kinds.uniqued.joined(separator: " or ")
    }

    private func kind(_ type: String, _ schema: JSONObject, level: Int) -> String {
        switch type {
        case "string":
            let format = schema["format"]?.string ?? ""
            return Self.toldFormats.contains(format) ? format : "string"
        case "object" where level < Self.maximumLevels:
            let fields = fields(of: schema, level: level + 1)
            return fields.isEmpty ? "object" : "{\(fields)}"
        case "array" where level <= Self.maximumLevels:
            let items = schema["items"].map { kind(of: merged($0), level: level + 1) } ?? ""
            return items.isEmpty ? "list" : "list of \(items)"
        case "array": return "list"
        default: return type
        }
    }

    private static let toldFormats: Set<String> = [
        "date", "date-time", "time", "duration", "uuid", "email", "uri", "byte", "ipv4", "ipv6",
    ]

    /// Whether a value is the content of a file.
    static func isFile(_ schema: JSONObject) -> Bool {
        let type = schema["type"]?.string
        if type == "file" || type == "string" && schema["format"]?.string == "binary" { return true }
        return type ?? "string" == "string" && schema["contentMediaType"] != nil && schema["contentEncoding"] == nil
            && schema["contentSchema"] == nil
    }

    /// The scalars of which a value must be one, without null; nil where it is free.
    static func values(of schema: JSONObject) -> [JSONValue]? {
        let values = (schema["const"].map { [$0] } ?? schema["enum"]?.array ?? []).filter { value in
            value != .null && value.array == nil && value.object == nil
        }
        return values.isEmpty ? nil : values
    }
}
