/// A text with places to fill: `{{name}}` stands for a value of the session, and
/// `{{base64 name:other}}` for the Base64 of values joined by colons, as Basic authentication wants them.
///
/// Braces around anything else are left as they stand, for bodies and prompts may hold them in their own right.
package struct Template: Sendable, Equatable {
    /// The longest name, in bytes.
    package static let maximumNameBytes = 64

    enum Segment: Sendable, Equatable {
        case text(String)
        case value(name: String)
        /// The Base64 of the named values, joined by colons.
        case base64(names: [String])
    }

    let segments: [Segment]

    package init(_ text: String) {
        guard text.utf8.contains(UInt8(ascii: "{")) else {
            segments = text.isEmpty ? [] : [.text(text)]
            return
        }
        segments = Self.parse(Array(text.utf8))
    }

    /// The names of the values it takes, in their order; a name that stands twice is listed twice.
    package var names: [String] {
        segments.flatMap { segment -> [String] in
            switch segment {
            case .text: []
            case .value(let name): [name]
            case .base64(let names): names
            }
        }
    }

    /// The name of the value that the text begins with; nil where it begins with anything else.
    package var leadingName: String? {
        if case .value(let name)? = segments.first { name } else { nil }
    }

    /// Fills the places.
    ///
    /// - Parameter values: the value of a name; nil where there is none.
    /// - Returns: the filled text.
    /// - Throws: ``ApeError`` of code `missing_value` for the first name without a value.
    package func render(_ values: (String) -> String?) throws(ApeError) -> String {
        var text = ""
        for segment in segments {
            switch segment {
            case .text(let literal): text += literal
            case .value(let name): text += try Self.value(of: name, values)
            case .base64(let names):
                var parts: [String] = []
                for name in names { parts.append(try Self.value(of: name, values)) }
                text += Self.base64(parts)
            }
        }
        return text
    }

    /// Fills the places of a text.
    ///
    /// - Returns: the text itself where it has no places.
    /// - Throws: ``ApeError`` of code `missing_value` for the first name without a value.
    package static func render(
        _ text: String,
        _ values: (String) -> String?
    ) throws(ApeError) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        return try Template(text).render(values)
    }

    /// Fills the places whose values are known; the others stay as places, to be filled later.
    package func renderKnown(_ values: (String) -> String?) -> String {
        segments.reduce(into: "") { text, segment in
            switch segment {
            case .text(let literal): text += literal
            case .value(let name): text += values(name) ?? "{{\(name)}}"
            case .base64(let names):
                let parts = names.compactMap(values)
                let isKnown = parts.count == names.count
                text += isKnown ? Self.base64(parts) : "{{base64 \(names.joined(separator: ":"))}}"
            }
        }
    }

    private static func base64(_ parts: [String]) -> String {
        Base64.text(of: Array(parts.joined(separator: ":").utf8))
    }

    private static func value(
        of name: String,
        _ values: (String) -> String?
    ) throws(ApeError) -> String {
        guard let value = values(name) else { throw ApeError(.missingValue, "there is no value for {{\(name)}}") }
        return value
    }
}

extension ApeError.Code {
    /// A template names a value that the session does not have.
    package static let missingValue = Self(rawValue: "missing_value")
}

extension JSONValue {
    /// This value with the templates in all its strings filled; keys stay as they are, and a string stays a string.
    package func rendered(_ values: (String) -> String?) throws(ApeError) -> JSONValue {
        switch self {
        case .string(let text): return .string(try Template.render(text, values))
        case .array(let elements):
            var filled: [JSONValue] = []
            filled.reserveCapacity(elements.count)
            for element in elements { filled.append(try element.rendered(values)) }
            return .array(filled)
        case .object(let members):
            var filled = JSONObject()
            for member in members { filled[member.key] = try member.value.rendered(values) }
            return .object(filled)
        default: return self
        }
    }

    /// The names that the templates in its strings take.
    package var templateNames: [String] {
        switch self {
        case .string(let text): Template(text).names
        case .array(let elements): elements.flatMap(\.templateNames)
        case .object(let members): members.flatMap(\.value.templateNames)
        default: []
        }
    }
}
