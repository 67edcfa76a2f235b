extension OpenAPIDocument {
    /// How many references are followed, and levels of `allOf` looked into: both may go round.
    static let maximumSteps = 8
    /// The greatest number of parts of one `allOf` that are looked at.
    static let maximumParts = 64

    /// Follows references; null where they lead nowhere.
    func resolved(_ value: JSONValue) -> JSONValue {
        let first = value["$ref"]?.string
        var value = value
        for _ in 0..<Self.maximumSteps {
            guard let reference = value["$ref"]?.string else { return value }
            value = files.value(at: reference)
        }
        if let first { files.fail(first, "leads round in a circle") }
        return .null
    }

    /// The members of a map, with what stands beside its reference above what that leads to; nil where that is no map.
    func members(of map: JSONValue) -> JSONObject? {
        guard let own = map.object else { return nil }
        guard map["$ref"]?.string != nil else { return own }
        guard var whole = resolved(map).object else { return nil }
        for (key, value) in own where key != "$ref" { whole[key] = value }
        return whole
    }

    /// Why what stands at a reference is not there.
    func reason(for reference: String) -> String {
        var next = reference
        for _ in 0..<Self.maximumSteps {
            if let failure = files.failures.first(where: { $0.reference == next }) {
                return "its $ref \(files.shown(next)) \(failure.reason)"
            }
            guard let further = files.value(at: next)["$ref"]?.string else { return "its $ref leads to no map" }
            next = further
        }
        return "its $ref \(files.shown(reference)) leads round in a circle"
    }

    /// A schema with its references and `allOf` taken in; what it says itself is above what they say.
    func merged(_ schema: JSONValue) -> JSONObject {
        guard files.schemasLeft > 0 else { return [:] }
        files.schemasLeft -= 1
        var seen: Set<String> = []
        return merged(schema, steps: Self.maximumSteps, &seen)
    }

    private func merged(_ schema: JSONValue, steps: Int, _ seen: inout Set<String>) -> JSONObject {
        guard steps > 0, var own = schema.object else { return [:] }
        let parts = own["allOf"]?.array?.prefix(Self.maximumParts) ?? []
        var whole = JSONObject()
        if let reference = own["$ref"]?.string, seen.insert(reference).inserted {
            whole = merged(files.value(at: reference), steps: steps - 1, &seen)
        }
        own["allOf"] = nil
        own["$ref"] = nil
        if let properties = own["properties"], properties["$ref"]?.string != nil {
            own["properties"] = members(of: properties).map { .object($0) }
        }
        for part in parts {
            var part = merged(part, steps: steps - 1, &seen)
            // The kinds of what a schema is made from are not its own.
            part["discriminator"] = nil
            Self.add(part, to: &whole)
        }
        Self.add(own, to: &whole)
        return whole
    }

    private static func add(_ members: JSONObject, to schema: inout JSONObject) {
        for (key, value) in members {
            switch (key, schema[key]) {
            case ("properties", .object(var properties)?):
                for (name, property) in value.object ?? [:] { properties[name] = property }
                schema[key] = .object(properties)
            case ("required", .array(let names)?): schema[key] = .array(names + (value.array ?? []))
            default: schema[key] = value
            }
        }
    }
}
