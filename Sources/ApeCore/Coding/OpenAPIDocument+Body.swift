extension OpenAPIDocument {
    /// What an operation takes as its body.
    struct Body {
        /// Such as `application/json`, without parameters.
        var mediaType: String
        var schema: JSONValue

        /// Whether it goes out as JSON: also where any type will do.
        var isJSON: Bool { rank <= 2 }

        /// The lower, the rather it is taken where an operation takes several.
        fileprivate var rank: Int {
            switch mediaType {
            case "application/json", "text/json": 0
            case _ where mediaType.hasSuffix("+json"): 1
            case "*/*", "application/*": 2
            case "application/x-www-form-urlencoded": 3
            case "multipart/form-data": 4
            default: 5
            }
        }

        /// How the model is told to write it, before its fields.
        fileprivate var title: String {
            switch rank {
            case 0, 2: "Body"
            case 3: "Body as a form"
            case 4: "Body as a multipart form"
            default: "Body as \(mediaType)"
            }
        }
    }

    /// The greatest number of alternatives that are told, and of levels into which they are told.
    private static let maximumAlternatives = 8
    private static let maximumLevels = 4

    func body(of operation: JSONValue) -> Body? {
        let content = resolved(operation["requestBody"] ?? .null)["content"]?.object ?? [:]
        let bodies = content.map { media, content in
            let type = media.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
            return Body(mediaType: type, schema: content["schema"] ?? .null)
        }
        return bodies.min { $0.rank < $1.rank }
    }

    /// `Body: product_id (integer), quantity? (integer)`.
    func words(for body: Body) -> String {
        let words = words(for: body.schema, level: 1)
        return body.title + (words.isEmpty ? "" : ": " + words)
    }

    private func words(for schema: JSONValue, level: Int) -> String {
        guard level <= Self.maximumLevels else { return "" }
        let schema = merged(schema)
        let fields = fields(of: schema)
        if let alternatives = Self.alternatives(of: schema) {
            let told = alternatives.prefix(Self.maximumAlternatives).map { words(for: $0, level: level + 1) }
            let choice = told.filter { !$0.isEmpty }.uniqued.joined(separator: "; or ")
            return [fields, choice].filter { !$0.isEmpty }.joined(separator: "; and ")
        }
        if !fields.isEmpty { return fields }
        return Self.types(of: schema).map { type in
            guard type == "array" else { return Self.word(for: type) }
            let items = words(for: schema["items"] ?? .null, level: level + 1)
            let isObject = schema["items"].map { Self.types(of: merged($0)) } == ["object"]
            return items.isEmpty ? "a list" : "a list of " + (isObject ? "{\(items)}" : items)
        }.joined(separator: "; or ")
    }

    private func fields(of schema: JSONObject) -> String {
        let required = Self.required(of: schema)
        let named = properties(of: schema).map { field($0.key, schema: $0.value, required: required.contains($0.key)) }
        switch schema["additionalProperties"] {
        case .bool(true): return list(named, more: named.isEmpty ? "any keys" : "any more keys")
        case .object(let extra):
            let type = typeWord(for: .object(extra))
            return list(named, more: (named.isEmpty ? "any keys" : "any more keys") + type)
        default: return list(named)
        }
    }

    /// `limit? (integer)`; a text needs no word.
    func field(_ name: String, schema: JSONValue?, required: Bool) -> String {
        name + (required ? "" : "?") + typeWord(for: schema ?? .null)
    }

    private func typeWord(for schema: JSONValue) -> String {
        let schema = merged(schema)
        let all = Self.types(of: schema) + (Self.alternatives(of: schema) ?? []).flatMap { Self.types(of: merged($0)) }
        let types = Set(all).subtracting(["null"])
        guard let type = types.first, types.count == 1, type != "string" else { return "" }
        return " (\(type))"
    }

    private static func word(for type: String) -> String {
        switch type {
        case "null": "null"
        case "integer", "object": "an \(type)"
        default: "a \(type)"
        }
    }
}
