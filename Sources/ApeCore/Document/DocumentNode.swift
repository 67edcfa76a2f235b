/// A value of a scenario file with the place where it stands, whichever syntax it was written in.
package struct DocumentNode: Sendable {
    package var content: Content
    /// Nil for a document that has no lines: the JSON form that goes over the wire.
    package var location: DocumentLocation?

    package enum Content: Sendable {
        case null
        case bool(Bool)
        case number(JSONValue, text: String)
        case text(String)
        case list([DocumentNode])
        case map([Member])
    }

    package struct Member: Sendable {
        package var key: String
        package var keyLocation: DocumentLocation?
        package var value: DocumentNode

        package init(key: String, keyLocation: DocumentLocation? = nil, value: DocumentNode) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    package init(content: Content, location: DocumentLocation? = nil) {
        self.content = content
        self.location = location
    }
}

/// How much one file may hold.
package struct DocumentLimits: Sendable {
    package var bytes = 1024 * 1024
    /// Values of every kind, those behind aliases each time that they stand somewhere.
    package var nodes = 100_000
    /// Whether anchors, aliases and merge keys are read, as programs that write YAML use them.
    package var areAliasesRead = false

    package init() {}
}

/// Reads the one document of a file, which messages call by its name, from the syntax that people write.
package typealias DocumentReader =
    @Sendable (_ bytes: [UInt8], _ file: String, _ limits: DocumentLimits) throws(ApeError) -> DocumentNode

/// A line and a column, both from 1.
package struct DocumentLocation: Sendable, Equatable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: DocumentLocation, right: DocumentLocation) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension DocumentNode {
    /// The same value as JSON, numbers as numbers.
    package var json: JSONValue {
        switch content {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let number, _): number
        case .text(let text): .string(text)
        case .list(let nodes): .array(nodes.map(\.json))
        case .map(let members):
            .object(members.reduce(into: JSONObject()) { object, member in object[member.key] = member.value.json })
        }
    }

    /// A scalar as it was written: `1.1` and `true` without quotes are texts where a text is wanted.
    package var scalarText: String? {
        switch content {
        case .bool(let flag): flag ? "true" : "false"
        case .number(_, let text), .text(let text): text
        case .null, .list, .map: nil
        }
    }

    var isNull: Bool {
        if case .null = content { true } else { false }
    }

    var isEmptyList: Bool {
        if case .list(let elements) = content { elements.isEmpty } else { false }
    }

    /// What this is, for messages: `a list`, `the text "abc"`.
    var found: String {
        switch content {
        case .null: "nothing"
        case .bool(let flag): "\(flag)"
        case .number(_, let text): text
        case .text(let text): text.count > 40 ? "the text \"\(text.prefix(40))...\"" : "the text \"\(text)\""
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// Reads a value that has no lines.
    init(json: JSONValue) {
        switch json {
        case .null: content = .null
        case .bool(let flag): content = .bool(flag)
        case .integer, .number, .exact: content = .number(json, text: json.text)
        case .string(let text): content = .text(text)
        case .array(let elements): content = .list(elements.map(DocumentNode.init(json:)))
        case .object(let members):
            content = .map(members.map { Member(key: $0.key, value: DocumentNode(json: $0.value)) })
        }
    }
}
