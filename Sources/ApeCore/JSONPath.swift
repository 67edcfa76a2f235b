/// A path to values inside a JSON document: a small, fixed part of JSONPath (RFC 9535).
///
/// It is `$` followed by segments: `.name` and `['any name']` for a member, `[0]` and `[-1]` for an element (negative
/// from the end), `[*]` and `.*` for all elements or members.
package struct JSONPath: Sendable, Equatable {
    /// The greatest number of segments.
    static let maximumSegments = 32

    enum Segment: Sendable, Equatable {
        case member(String)
        case element(Int)
        case all
    }

    /// As it was written.
    package let text: String
    let segments: [Segment]

    /// - Throws: ``ApeError`` of code `scenario` that shows the path and says what is wrong with it.
    package init(_ text: String) throws(ApeError) {
        var parser = JSONPathParser(text)
        segments = try parser.parse()
        self.text = text
    }

    /// Every value that the path leads to, in the document's order.
    package func values(in document: JSONValue) -> [JSONValue] {
        segments.reduce([document]) { found, segment in found.flatMap { Self.step($0, segment) } }
    }

    /// The first value that the path leads to; nil when it leads nowhere.
    package func first(in document: JSONValue) -> JSONValue? {
        values(in: document).first
    }

    private static func step(_ value: JSONValue, _ segment: Segment) -> [JSONValue] {
        switch (segment, value) {
        case (.member(let name), .object(let members)): return members[name].map { [$0] } ?? []
        case (.element(let index), .array(let elements)):
            let position = index < 0 ? elements.count + index : index
            return elements.indices.contains(position) ? [elements[position]] : []
        case (.all, .array(let elements)): return elements
        case (.all, .object(let members)): return members.map(\.value)
        default: return []
        }
    }
}

/// Reads the text of a ``JSONPath``.
private struct JSONPathParser {
    private let text: String
    private var rest: Substring

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    mutating func parse() throws(ApeError) -> [JSONPath.Segment] {
        guard rest.popFirst() == "$" else { throw failure("it starts with $, as in $.items[0].id") }
        var segments: [JSONPath.Segment] = []
        while let mark = rest.popFirst() {
            switch mark {
            case ".": segments.append(try takeName())
            case "[": segments.append(try takeBrackets())
            default: throw failure("after $ come .name, ['name'], [0] and [*], not '\(mark)'")
            }
            guard segments.count <= JSONPath.maximumSegments else {
                throw failure("it has more than \(JSONPath.maximumSegments) segments")
            }
        }
        return segments
    }

    private func failure(_ reason: String) -> ApeError {
        ApeError(.scenario, "the JSON path `\(text.prefix(80))` cannot be read: \(reason)")
    }

    private mutating func takeName() throws(ApeError) -> JSONPath.Segment {
        let name = rest.prefix { $0.isLetter || $0.isNumber || "_-@*".contains($0) }
        rest = rest.dropFirst(name.count)
        if name == "*" { return .all }
        guard !name.isEmpty, !name.contains("*") else { throw failure("a name is missing after '.'") }
        return .member(String(name))
    }

    private mutating func takeBrackets() throws(ApeError) -> JSONPath.Segment {
        if let quote = rest.first, quote == "'" || quote == "\"" {
            rest.removeFirst()
            return .member(try takeQuoted(until: quote))
        }
        let inside = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(inside.count)
        guard rest.popFirst() == "]" else { throw failure("a ']' is missing") }
        if inside == "*" { return .all }
        guard let index = Int(inside), inside.first != "+" else {
            throw failure("in brackets stand a number, * or a quoted name, not '\(inside)'")
        }
        return .element(index)
    }

    private mutating func takeQuoted(until quote: Character) throws(ApeError) -> String {
        var name = ""
        while let character = rest.popFirst() {
            if character == quote {
                guard rest.popFirst() == "]" else { throw failure("a ']' is missing after the quoted name") }
                return name
            }
            if character == "\\", let escaped = rest.popFirst() {
                name.append(escaped)
            } else {
                name.append(character)
            }
        }
        throw failure("a quoted name has no closing \(quote)")
    }
}
