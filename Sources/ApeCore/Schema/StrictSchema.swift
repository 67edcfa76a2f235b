/// Makes schemas that constrained decoding can hold a model to at any provider: closed objects whose properties are all
/// required, typed values, enumerations and alternatives, and nothing else.
///
/// An optional property may be null instead, and null then stands for a property that is left out. Bounds, formats and
/// patterns are dropped: they only narrow what fits.
package struct StrictSchema {
    /// The deepest nesting of objects and lists.
    static let maximumLevels = 5
    /// The greatest number of properties in all.
    static let maximumProperties = 100
    /// The greatest number of enumerated values in all.
    static let maximumValues = 500

    private var properties = 0
    private var values = 0

    /// The strict form of the JSON Schema of a tool's arguments or of an answer.
    ///
    /// - Returns: nil where there is none: for what is no object, and for a schema that somewhere has an object without
    ///   properties or with free keys, a value of any type, a reference or `allOf`, or that is too large or too deep.
    package static func strict(_ schema: JSONValue) -> JSONValue? {
        guard schema["anyOf"] == nil, schema["oneOf"] == nil, kind(of: schema) == "object" else { return nil }
        var pass = Self()
        return pass.value(schema, level: 1)
    }

    private mutating func value(_ schema: JSONValue, level: Int) -> JSONValue? {
        guard schema["$ref"] == nil, schema["allOf"] == nil, var strict = form(schema, level: level)?.object else {
            return nil
        }
        if let description = schema["description"]?.string { strict["description"] = .string(description) }
        return .object(strict)
    }

    private mutating func form(_ schema: JSONValue, level: Int) -> JSONValue? {
        if let value = schema["const"] { return enumeration([value]) }
        if let values = schema["enum"]?.array { return enumeration(values) }
        if let alternatives = schema["anyOf"]?.array ?? schema["oneOf"]?.array {
            return anyOf(alternatives, level: level)
        }
        if let types = schema["type"]?.array {
            return anyOf(types.map { Self.replacing(schema, "type", with: $0) }, level: level)
        }
        switch Self.kind(of: schema) {
        case "object": return object(schema, level: level)
        case "array": return list(schema, level: level)
        case let type? where ["string", "number", "integer", "boolean", "null"].contains(type):
            return ["type": .string(type)]
        default: return nil
        }
    }

    /// The type that is named, or that the keywords are of.
    private static func kind(of schema: JSONValue) -> String? {
        if let type = schema["type"] { return type.string }
        if schema["properties"] != nil { return "object" }
        return schema["items"] == nil ? nil : "array"
    }

    private mutating func object(_ schema: JSONValue, level: Int) -> JSONValue? {
        let free = schema["additionalProperties"]?.object ?? [:]
        let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
        guard level <= Self.maximumLevels, free.isEmpty, schema["patternProperties"] == nil,
            let named = schema["properties"]?.object, !named.isEmpty, required.allSatisfy({ named[$0] != nil })
        else { return nil }
        properties += named.count
        guard properties <= Self.maximumProperties else { return nil }
        var strict = JSONObject()
        for (name, property) in named {
            guard let value = value(property, level: level + 1) else { return nil }
            strict[name] = required.contains(name) ? value : Self.orNull(value)
        }
        return [
            "type": "object", "properties": .object(strict), "required": .array(strict.keys.map { .string($0) }),
            "additionalProperties": false,
        ]
    }

    private mutating func list(_ schema: JSONValue, level: Int) -> JSONValue? {
        guard level <= Self.maximumLevels, let items = schema["items"], let items = value(items, level: level + 1)
        else {
            return nil
        }
        return ["type": "array", "items": items]
    }

    private mutating func anyOf(_ alternatives: [JSONValue], level: Int) -> JSONValue? {
        var strict: [JSONValue] = []
        for alternative in alternatives {
            guard let alternative = value(alternative, level: level) else { return nil }
            if !strict.contains(alternative) { strict.append(alternative) }
        }
        return Self.anyOf(strict)
    }

    /// Values of one type stand together, for some providers ask for the type of an enumeration.
    private mutating func enumeration(_ given: [JSONValue]) -> JSONValue? {
        values += given.count
        guard values <= Self.maximumValues else { return nil }
        var groups: [(type: String, values: [JSONValue])] = []
        for value in given {
            guard value.array == nil, value.object == nil else { return nil }
            if let same = groups.firstIndex(where: { $0.type == value.typeName }) {
                groups[same].values.append(value)
            } else {
                groups.append((value.typeName, [value]))
            }
        }
        return Self.anyOf(
            groups.map { $0.type == "null" ? ["type": "null"] : ["type": .string($0.type), "enum": .array($0.values)] }
        )
    }

    private static func anyOf(_ alternatives: [JSONValue]) -> JSONValue? {
        alternatives.count > 1 ? ["anyOf": .array(alternatives)] : alternatives.first
    }

    /// The same value, or null.
    private static func orNull(_ schema: JSONValue) -> JSONValue {
        let null: JSONValue = ["type": "null"]
        guard let alternatives = schema["anyOf"]?.array else {
            return schema["type"]?.string == "null" ? schema : ["anyOf": [schema, null]]
        }
        let allows = alternatives.contains { $0["type"]?.string == "null" }
        return allows ? schema : replacing(schema, "anyOf", with: .array(alternatives + [null]))
    }

    private static func replacing(_ schema: JSONValue, _ key: String, with value: JSONValue) -> JSONValue {
        var members = schema.object ?? [:]
        members[key] = value
        return .object(members)
    }
}
