/// Makes the JSON Schema of a body that a model can be held to, from a schema of an OpenAPI document.
///
/// References and `allOf` are taken in. Types, properties, lists, enumerations and alternatives stay, and each description's
/// first line; what else narrows values is left out, and so are properties that only answers have.
struct BodySchema {
    /// The deepest nesting of schemas; what lies deeper may be anything.
    static let maximumLevels = 6
    static let maximumBytes = 16 * 1024
    /// The deepest nesting of maps and lists in a schema as JSON, which ``maximumLevels`` keep to.
    static let maximumDepth = 12
    private static let maximumDescriptionBytes = 120
    /// Schemas within schemas that are looked at; a body of ``maximumBytes`` has fewer.
    private static let maximumSchemas = 2000

    private let document: OpenAPIDocument
    /// Whether a file is a map of its content and its name, as in a multipart form.
    private let takesFiles: Bool
    private var schemas = 0

    enum Result: Equatable {
        case schema(JSONValue)
        /// Nothing is known of the body.
        case unknown
        /// More than ``maximumBytes``.
        case tooLarge
    }

    static func reduced(_ schema: JSONValue, in document: OpenAPIDocument, takesFiles: Bool = false) -> Result {
        var body = BodySchema(document: document, takesFiles: takesFiles)
        let reduced = JSONValue.object(body.reduced(schema, level: 1, within: []))
        if body.schemas > maximumSchemas || reduced.utf8.count > maximumBytes { return .tooLarge }
        return reduced == [:] ? .unknown : .schema(reduced)
    }

    private init(document: OpenAPIDocument, takesFiles: Bool) {
        self.document = document
        self.takesFiles = takesFiles
    }

    /// A reference that leads round, to one of those that lead here, ends in a value of any type.
    private mutating func reduced(_ schema: JSONValue, level: Int, within references: Set<String>) -> JSONObject {
        schemas += 1
        guard schemas <= Self.maximumSchemas else { return [:] }
        var references = references
        if let reference = schema["$ref"]?.string, !references.insert(reference).inserted { return [:] }
        let schema = document.merged(schema)
        var reduced = form(schema, level: level, within: references)
        let description = (schema["description"]?.string ?? "").firstLine(atMost: Self.maximumDescriptionBytes)
        if !reduced.isEmpty, !description.isEmpty { reduced["description"] = .string(description) }
        return reduced
    }

    private mutating func form(_ schema: JSONObject, level: Int, within references: Set<String>) -> JSONObject {
        if takesFiles, OpenAPIDocument.isFile(schema) { return Self.file }
        var types = OpenAPIDocument.types(of: schema).uniqued
        if let values = Self.values(of: schema) {
            var form: JSONObject = ["enum": .array(values)]
            if types.count == 1 { form["type"] = .string(types[0]) }
            return form
        }
        if let alternatives = OpenAPIDocument.alternatives(of: schema) {
            return choice(among: alternatives, besides: schema, level: level, within: references)
        }
        guard types.count > 1 else {
            return types.first.map { value($0, schema, level: level, within: references) } ?? [:]
        }
        guard level < Self.maximumLevels else { return [:] }
        types = types.filter { $0 != "null" } + types.filter { $0 == "null" }
        let forms = types.map { value($0, schema, level: level + 1, within: references) }
        return forms.contains([:]) ? [:] : ["anyOf": .array(forms.map { .object($0) })]
    }

    private mutating func choice(
        among alternatives: [JSONValue],
        besides schema: JSONObject,
        level: Int,
        within references: Set<String>
    ) -> JSONObject {
        guard level < Self.maximumLevels else { return [:] }
        var form = schema["properties"] == nil ? [:] : value("object", schema, level: level, within: references)
        var forms = alternatives.map { JSONValue.object(reduced($0, level: level + 1, within: references)) }
        guard !forms.isEmpty, !forms.contains([:]) else { return form }
        if schema["nullable"]?.bool == true { forms.append(["type": "null"]) }
        form["anyOf"] = .array(forms.uniqued)
        return form
    }

    private mutating func value(
        _ type: String,
        _ schema: JSONObject,
        level: Int,
        within references: Set<String>
    ) -> JSONObject {
        var form: JSONObject = ["type": .string(type)]
        guard type == "object" || type == "array" else { return form }
        guard level < Self.maximumLevels else { return [:] }
        if type == "array" {
            if let items = schema["items"] {
                form["items"] = .object(reduced(items, level: level + 1, within: references))
            }
            return form
        }
        let required = OpenAPIDocument.required(of: schema)
        var properties = JSONObject()
        for (name, property) in document.properties(of: schema) {
            properties[name] = .object(reduced(property, level: level + 1, within: references))
        }
        if !properties.isEmpty { form["properties"] = .object(properties) }
        let names = properties.keys.filter(required.contains)
        if !names.isEmpty { form["required"] = .array(names.map { .string($0) }) }
        return form
    }

    private static let file: JSONObject = [
        "type": "object", "properties": ["content": ["type": "string"], "filename": ["type": "string"]],
        "required": ["content", "filename"],
    ]

    /// The values that are listed, where all of them are scalars; null among them where it is allowed.
    private static func values(of schema: JSONObject) -> [JSONValue]? {
        guard var values = schema["const"].map({ [$0] }) ?? schema["enum"]?.array, !values.isEmpty,
            values.allSatisfy({ $0.array == nil && $0.object == nil })
        else { return nil }
        if schema["nullable"]?.bool == true, !values.contains(.null) { values.append(.null) }
        return values
    }
}
