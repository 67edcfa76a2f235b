extension OpenAPIDocument {
    /// How many references are followed, and levels of `allOf` looked into: both may go round.
    static let maximumSteps = 8
    /// The greatest number of parts of one `allOf` that are looked at.
    static let maximumParts = 16

    /// Follows references inside the document; null where they lead nowhere.
    func resolved(_ value: JSONValue) -> JSONValue {
        var value = value
        for _ in 0..<Self.maximumSteps {
            guard let reference = value["$ref"]?.string else { return value }
            value = target(of: reference)
        }
        return .null
    }

    /// What a reference leads to; null where that is nothing, or in another file.
    private func target(of reference: String) -> JSONValue {
        guard reference.hasPrefix("#/") else { return .null }
        return reference.dropFirst(2).split(separator: "/").reduce(root) { node, part in
            let key = Self.decodingPercents(part).replacing("~1", with: "/").replacing("~0", with: "~")
            return node[key] ?? Int(key).flatMap { node[$0] } ?? .null
        }
    }

    /// `%7Bid%7D` is `{id}`, as bundlers write it.
    private static func decodingPercents(_ text: Substring) -> String {
        guard text.contains("%") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let decoded = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A schema with its references and `allOf` taken in; what it says itself is above what they say.
    func merged(_ schema: JSONValue) -> JSONObject {
        var seen: Set<String> = []
        return merged(schema, steps: Self.maximumSteps, &seen)
    }

    private func merged(_ schema: JSONValue, steps: Int, _ seen: inout Set<String>) -> JSONObject {
        guard steps > 0, var own = schema.object else { return [:] }
        var parts = own["allOf"]?.array?.prefix(Self.maximumParts) ?? []
        if let reference = own["$ref"]?.string, seen.insert(reference).inserted {
            parts.insert(target(of: reference), at: parts.startIndex)
        }
        own["allOf"] = nil
        own["$ref"] = nil
        var whole = JSONObject()
        for part in parts { Self.add(merged(part, steps: steps - 1, &seen), to: &whole) }
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
