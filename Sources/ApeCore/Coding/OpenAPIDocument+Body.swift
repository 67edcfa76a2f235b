extension OpenAPIDocument {
    /// What an operation takes as its body.
    struct Body {
        /// Such as `application/json`, without parameters.
        var mediaType: String
        var schema: JSONValue
        /// As it would be sent, in one line; nil where there is none or it is long.
        var example: String?

        /// Whether it goes out as JSON: also where any type will do.
        var isJSON: Bool { rank <= 2 }

        /// The lower, the rather it is taken where an operation takes several.
        var rank: Int {
            switch mediaType {
            case "application/json", "text/json": 0
            case _ where mediaType.hasSuffix("+json"): 1
            case "*/*", "application/*": 2
            case "application/x-www-form-urlencoded": 3
            case "multipart/form-data": 4
            default: 5
            }
        }

        /// The content type that a request names; nil where JSON goes without saying, and where any will do.
        var contentType: String? {
            switch rank {
            case 0, 2: nil
            default: mediaType.contains("*") ? nil : mediaType
            }
        }

        /// Whether it is a form, whose fields are a map.
        var isForm: Bool { rank == 3 || rank == 4 }
        var takesFiles: Bool { rank == 4 }

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

    /// The greatest number of alternatives that are told, of levels into which they are told, and of bytes of an example.
    private static let maximumAlternatives = 8
    private static let maximumLevels = 4
    private static let maximumExampleBytes = 240

    /// The body of an operation, of several the one that is most likely JSON; nil where it has none.
    func body(of operation: JSONValue, in item: JSONObject) -> Body? {
        if isSwagger { return swaggerBody(parameters(of: operation, in: item), operation) }
        let content = resolved(operation["requestBody"] ?? .null)["content"]?.object ?? [:]
        return content.map { body($0.key, resolved($0.value)) }.min { $0.rank < $1.rank }
    }

    /// The body of one content type; `content` has its schema, and maybe examples.
    func body(_ mediaType: String, _ content: JSONValue) -> Body {
        let type = mediaType.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        let schema = content["schema"] ?? content["itemSchema"].map { ["type": "array", "items": $0] } ?? .null
        var body = Body(mediaType: type, schema: schema)
        let example = example(in: content) ?? self.example(in: .object(merged(schema)))
        let text = example.map { $0.string ?? $0.text } ?? ""
        let isShort = !text.isEmpty && text.utf8.count <= Self.maximumExampleBytes
        body.example = isShort && !text.contains(where: \.isNewline) ? text : nil
        return body
    }

    /// `Body: product_id (integer), quantity? (integer)`.
    func words(for body: Body) -> String {
        let words = words(for: body.schema, level: 1)
        let files = body.takesFiles && words.contains("file)") ? "; a file is {content, filename}" : ""
        return body.title + (words.isEmpty ? "" : ": " + words + files)
    }

    private func words(for schema: JSONValue, level: Int) -> String {
        guard level <= Self.maximumLevels else { return "" }
        let schema = merged(schema)
        if Self.isFile(schema) { return "a file" }
        if Self.values(of: schema) != nil { return kind(of: schema, level: level) }
        if let alternatives = Self.alternatives(of: schema) {
            let told = alternatives.prefix(Self.maximumAlternatives).map { words(for: $0, level: level + 1) }
            let more = alternatives.count > told.count ? ["..."] : []
            let choice = (told.filter { !$0.isEmpty }.uniqued + more).joined(separator: "; or ") + kinds(of: schema)
            let own = Self.isMapped(schema) ? "" : fields(of: schema, level: 1)
            return [own, choice].filter { !$0.isEmpty }.joined(separator: "; and ")
        }
        let fields = fields(of: schema, level: 1)
        if !fields.isEmpty { return fields }
        return Self.types(of: schema).map { type in
            guard type == "array" else { return Self.word(for: type) }
            let items = words(for: schema["items"] ?? .null, level: level + 1)
            let isObject = schema["items"].map { Self.types(of: merged($0)) } == ["object"]
            return items.isEmpty ? "a list" : "a list of " + (isObject ? "{\(items)}" : items)
        }.joined(separator: "; or ")
    }

    /// ` (type says which: card, iban)`, where a member says which alternative it is.
    private func kinds(of schema: JSONObject) -> String {
        guard let name = schema["discriminator"]?["propertyName"]?.string else { return "" }
        let values = schema["discriminator"]?["mapping"]?.object?.keys.prefix(Self.maximumAlternatives) ?? []
        return " (\(name) says which" + (values.isEmpty ? "" : ": " + values.joined(separator: ", ")) + ")"
    }

    private static func word(for type: String) -> String {
        switch type {
        case "null": "null"
        case "integer", "object": "an \(type)"
        default: "a \(type)"
        }
    }
}
