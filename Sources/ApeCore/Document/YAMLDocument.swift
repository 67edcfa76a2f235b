import Yams

/// Reads YAML into located nodes, within limits.
///
/// Plain scalars follow JSON: a JSON number is a number, `true`, `false` and `null` are themselves, nothing and `~` are
/// null, and all else is text: `yes`, `off`, `0x1F` and `007` too.
struct YAMLDocument {
    /// The greatest nesting of maps and lists.
    static let maximumDepth = 48

    /// How much one file may hold.
    struct Limits {
        var bytes = 1024 * 1024
        /// Values of every kind, those behind aliases each time that they stand somewhere.
        var nodes = 100_000
        /// Whether anchors, aliases and merge keys are read, as programs that write YAML use them.
        var areAliasesRead = false
    }

    private let file: String
    private let limits: Limits
    private var nodes = 0

    /// - Parameters:
    ///   - file: the name under which messages speak of it.
    ///   - limits: how much it may hold.
    private init(file: String, limits: Limits) {
        self.file = file
        self.limits = limits
    }

    /// Reads the one document of a file.
    ///
    /// - Throws: ``ApeError`` of code `scenario` that names file, line and column.
    static func read(_ bytes: [UInt8], file: String, limits: Limits = Limits()) throws(ApeError) -> DocumentNode {
        var document = YAMLDocument(file: file, limits: limits)
        return try document.read(bytes)
    }

    private mutating func read(_ bytes: [UInt8]) throws(ApeError) -> DocumentNode {
        guard bytes.count <= limits.bytes else {
            throw failure("the file has \(bytes.count) bytes; at most \(limits.bytes) are read")
        }
        let text = try decode(bytes)
        if let anchor = YAMLAnchors.firstUse(in: text), !limits.areAliasesRead || YAMLAnchors.hasKeysOfValues(text) {
            throw failure(
                "anchors and aliases (&\(anchor.name), *\(anchor.name)) are not read: write the value out",
                at: anchor.location
            )
        }
        let root: Node?
        do {
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw syntaxError(error, in: text)
        }
        guard let root else { throw failure("the file is empty") }
        return try convert(root, depth: 0)
    }

    private func decode(_ bytes: [UInt8]) throws(ApeError) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        if let text = String(validating: content, as: UTF8.self) { return text }
        let repaired = String(decoding: content, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
        let line = repaired.utf8.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        throw failure("the file is not UTF-8", at: DocumentLocation(line: line, column: 1))
    }

    func failure(_ message: String, at location: DocumentLocation? = nil) -> ApeError {
        let place = location.map { "\(file):\($0.line):\($0.column)" } ?? file
        return ApeError(.scenario, "\(place): \(message)")
    }

    private mutating func convert(_ node: Node, depth: Int) throws(ApeError) -> DocumentNode {
        let location = Self.location(node.mark)
        nodes += 1
        guard nodes <= limits.nodes else {
            throw failure("the file has more than \(limits.nodes) values", at: location)
        }
        guard depth < Self.maximumDepth else {
            throw failure("nested deeper than \(Self.maximumDepth) levels", at: location)
        }
        switch node {
        case .scalar(let scalar):
            return DocumentNode(content: try content(of: scalar, at: location), location: location)
        case .sequence(let sequence):
            var list: [DocumentNode] = []
            for element in sequence { list.append(try convert(element, depth: depth + 1)) }
            return DocumentNode(content: .list(list), location: location)
        case .mapping(let mapping):
            var members: [DocumentNode.Member] = []
            var below: [DocumentNode] = []
            for (key, value) in mapping {
                let place = Self.location(key.mark)
                guard case .scalar(let scalar) = key else {
                    throw failure(
                        "a key must be a text; a {{template}} that begins a value stands in quotes",
                        at: place
                    )
                }
                let value = try convert(value, depth: depth + 1)
                if limits.areAliasesRead, scalar.string == "<<", scalar.style == .plain {
                    below.append(value)
                    continue
                }
                members.append(DocumentNode.Member(key: scalar.string, keyLocation: place, value: value))
            }
            for map in below { Self.merge(map, into: &members) }
            return DocumentNode(content: .map(members), location: location)
        case .alias:
            throw failure("aliases are not read: write the value out", at: location)
        }
    }

    /// Adds the members of a map, or of each of a list of maps, that are not there yet.
    private static func merge(_ value: DocumentNode, into members: inout [DocumentNode.Member]) {
        switch value.content {
        case .map(let more):
            for member in more where !members.contains(where: { $0.key == member.key }) { members.append(member) }
        case .list(let maps): for map in maps { merge(map, into: &members) }
        default: break
        }
    }

    private func content(
        of scalar: Node.Scalar,
        at location: DocumentLocation?
    ) throws(ApeError) -> DocumentNode.Content {
        let tag = scalar.tag.rawValue
        let isText = tag == Tag.Name.str.rawValue
        guard isText || tag == Tag.Name.implicit.rawValue || tag == Tag.Name.nonSpecific.rawValue else {
            throw failure("the tag \(tag.prefix(40)) is not read: only texts, numbers, lists and maps", at: location)
        }
        if isText || scalar.style != .plain { return .text(scalar.string) }
        switch scalar.string {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return Self.number(scalar.string) ?? .text(scalar.string)
        }
    }

    private static func number(_ text: String) -> DocumentNode.Content? {
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || first &- 0x30 < 10 else { return nil }
        return (try? JSONValue(parsing: text)).map { .number($0, text: text) }
    }

    static func location(_ mark: Mark?) -> DocumentLocation? {
        mark.map { DocumentLocation(line: $0.line, column: $0.column) }
    }
}
