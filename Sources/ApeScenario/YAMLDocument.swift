import ApeCore
import CYAML

/// Reads YAML into located nodes, within limits.
///
/// Plain scalars follow JSON: a JSON number is a number, `true`, `false` and `null` are themselves, nothing and `~` are
/// null, and all else is text: `yes`, `off`, `0x1F` and `007` too.
struct YAMLDocument: ~Copyable {
    /// The greatest nesting of maps and lists.
    static let maximumDepth = 48

    /// A value that an anchor names, with what it adds where an alias stands for it.
    private struct Anchored {
        var node: DocumentNode
        var nodes: Int
        var depth: Int
    }

    /// A value, how many it holds with itself, and how deep they are nested.
    private typealias Composed = (node: DocumentNode, depth: Int)

    private let words: YAMLWords
    private let limits: DocumentLimits
    private var events: YAMLEvents
    private var anchors: [String: Anchored] = [:]
    private var nodes = 0

    private init(_ events: consuming YAMLEvents, _ words: YAMLWords, _ limits: DocumentLimits) {
        self.events = events
        self.words = words
        self.limits = limits
    }

    /// Reads the one document of a file.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: the name under which messages speak of it.
    ///   - limits: how much it may hold.
    /// - Returns: its value.
    /// - Throws: ``ApeError`` of code `scenario` that names file, line and column.
    static func read(
        _ bytes: [UInt8],
        file: String,
        limits: DocumentLimits = DocumentLimits()
    ) throws(ApeError) -> DocumentNode {
        let words = YAMLWords(file: file)
        guard bytes.count <= limits.bytes else {
            throw words.failure("the file has \(bytes.count) bytes; at most \(limits.bytes) are read")
        }
        let text = try words.decoded(bytes)
        if let anchor = YAMLAnchors.firstUse(in: text), !limits.areAliasesRead || YAMLAnchors.hasKeysOfValues(text) {
            throw words.failure(
                "anchors and aliases (&\(anchor.name), *\(anchor.name)) are not read: write the value out",
                at: anchor.location
            )
        }
        // The parser reads from where the bytes lie, which is the same place until it has ended.
        return try Array(text.utf8).withUnsafeBufferPointer { bytes throws(ApeError) in
            var document = YAMLDocument(YAMLEvents(bytes), words, limits)
            return try document.root(of: text)
        }
    }

    private mutating func root(of text: String) throws(ApeError) -> DocumentNode {
        do {
            var event = try events.next()
            while case .other = event.kind { event = try events.next() }
            guard case .documentStart = event.kind else { throw words.failure("the file is empty") }
            let root = try compose(try events.next(), depth: 0).node
            // What comes next ends the document.
            _ = try events.next()
            let last = try events.next()
            guard case .streamEnd = last.kind else {
                throw words.failure("a file holds one document; remove what follows ---", at: Self.location(last.mark))
            }
            return root
        } catch let fault as YAMLEvents.Fault {
            throw words.syntaxError(fault, in: text)
        } catch let error as ApeError {
            throw error
        } catch {
            throw words.failure("not valid YAML: \(error)")
        }
    }

    private mutating func compose(_ event: YAMLEvents.Event, depth: Int) throws -> Composed {
        let location = Self.location(event.mark)
        let before = nodes
        try count(1, deep: depth, at: location)
        let composed: Composed =
            switch event.kind {
            case .alias(let name): try node(behind: name, depth: depth, at: location)
            case .scalar(let scalar):
                (DocumentNode(content: try content(of: scalar, at: location), location: location), 0)
            case .sequenceStart: try list(depth: depth, at: location)
            default: try map(depth: depth, at: location)
            }
        if let anchor = event.anchor {
            anchors[anchor] = Anchored(node: composed.node, nodes: nodes - before, depth: composed.depth)
        }
        return composed
    }

    private mutating func count(_ more: Int, deep depth: Int, at location: DocumentLocation) throws(ApeError) {
        nodes += more
        guard nodes <= limits.nodes else {
            throw words.failure("the file has more than \(limits.nodes) values", at: location)
        }
        guard depth < Self.maximumDepth else {
            throw words.failure("nested deeper than \(Self.maximumDepth) levels", at: location)
        }
    }

    private mutating func node(
        behind name: String,
        depth: Int,
        at location: DocumentLocation
    ) throws(ApeError) -> Composed {
        guard let anchored = anchors[name] else {
            throw words.failure("not valid YAML: found undefined alias", at: location)
        }
        guard limits.areAliasesRead else {
            throw words.failure("aliases are not read: write the value out", at: location)
        }
        // The alias itself is counted already.
        try count(anchored.nodes - 1, deep: depth + anchored.depth, at: location)
        return (anchored.node, anchored.depth)
    }

    private mutating func list(depth: Int, at location: DocumentLocation) throws -> Composed {
        var elements: [DocumentNode] = []
        var deepest = 0
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let element = try compose(event, depth: depth + 1)
            elements.append(element.node)
            deepest = max(deepest, element.depth + 1)
        }
        return (DocumentNode(content: .list(elements), location: location), deepest)
    }

    private mutating func map(depth: Int, at location: DocumentLocation) throws -> Composed {
        var members: [DocumentNode.Member] = []
        var places: [String: DocumentLocation] = [:]
        var twice: [String] = []
        var below: [DocumentNode] = []
        var deepest = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let place = Self.location(event.mark)
            let (key, isMerge) = try key(event, at: place)
            let value = try compose(try events.next(), depth: depth + 1)
            deepest = max(deepest, value.depth + 1)
            if places.updateValue(places[key] ?? place, forKey: key) != nil { twice.append(key) }
            if isMerge {
                below.append(value.node)
            } else {
                members.append(DocumentNode.Member(key: key, keyLocation: place, value: value.node))
            }
        }
        if let first = twice.min() {
            let list = Set(twice).sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw words.failure("the key \(list) stands twice in one map", at: places[first])
        }
        for map in below { Self.merge(map, into: &members) }
        return (DocumentNode(content: .map(members), location: location), deepest)
    }

    /// A key, which may be an alias of a text, and whether it is a merge.
    private mutating func key(
        _ event: YAMLEvents.Event,
        at place: DocumentLocation
    ) throws(ApeError) -> (text: String, isMerge: Bool) {
        switch event.kind {
        case .scalar(let scalar):
            if let anchor = event.anchor {
                let node = DocumentNode(content: try content(of: scalar, at: place), location: place)
                anchors[anchor] = Anchored(node: node, nodes: 1, depth: 0)
            }
            return (scalar.text, limits.areAliasesRead && scalar.text == "<<" && scalar.isPlain)
        case .alias(let name):
            if let text = try node(behind: name, depth: 0, at: place).node.scalarText { return (text, false) }
        default: break
        }
        throw words.failure("a key must be a text; a {{template}} that begins a value stands in quotes", at: place)
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

    private func content(of scalar: YAMLScalar, at location: DocumentLocation) throws(ApeError) -> DocumentNode.Content
    {
        let isText = scalar.tag == YAML_STR_TAG
        if let tag = scalar.tag, !isText, tag != "!" {
            throw words.failure(
                "the tag \(tag.prefix(40)) is not read: only texts, numbers, lists and maps",
                at: location
            )
        }
        if isText || !scalar.isPlain { return .text(scalar.text) }
        switch scalar.text {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return Self.number(scalar.text) ?? .text(scalar.text)
        }
    }

    private static func number(_ text: String) -> DocumentNode.Content? {
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || first &- 0x30 < 10 else { return nil }
        return (try? JSONValue(parsing: text)).map { .number($0, text: text) }
    }

    static func location(_ mark: yaml_mark_t) -> DocumentLocation {
        DocumentLocation(line: mark.line + 1, column: mark.column + 1)
    }
}
