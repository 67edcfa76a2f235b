/// Decodes a located document into a scenario, going on after each problem so that a file's problems are told at once.
struct ScenarioDecoder {
    /// The greatest number of problems that are listed.
    static let maximumProblems = 50

    let file: String
    /// Hands out the file beside the scenario that `openapi` names; nil on the wire, where there is none.
    let loadFile: ((String) throws -> [UInt8])?
    /// Reads that file where it is no JSON; nil on the wire.
    var readYAML: DocumentReader?
    /// Reads through a file of rows, by its resolved path and its name in the scenario; nil on the wire, which says what
    /// the file holds.
    var loadData: ((_ path: String, _ name: String) throws(ApeError) -> DataFile)?
    var problems: [ScenarioRemark] = []
    var warnings: [ScenarioRemark] = []
    var targetNames: [String] = []
    /// Bytes of the files that requests send, so far.
    var fileBytes = 0
    /// What of OpenAPI documents is left out, by target.
    var leftOut: [String: [OpenAPILeftOut]] = [:]
    /// What the templates of the goal that is being read can take.
    var names = TemplateNames()

    mutating func problem(_ message: String, at field: ScenarioField) {
        problems.append(remark(message, at: field.path, field.node.location))
    }

    mutating func warn(_ message: String, at field: ScenarioField) {
        warnings.append(remark(message, at: field.path, field.node.location))
    }

    private func remark(_ message: String, at path: String, _ location: DocumentLocation?) -> ScenarioRemark {
        ScenarioRemark(file: file, line: location?.line, column: location?.column, path: path, message: message)
    }

    /// Runs `body`; an error becomes a problem of this field.
    mutating func catching<Value>(_ field: ScenarioField, _ body: () throws(ApeError) -> Value) -> Value? {
        do {
            return try body()
        } catch {
            problem(error.description, at: field)
            return nil
        }
    }

    /// All problems as one error, one a line in the file's order; nil when there are none.
    var error: ApeError? {
        guard !problems.isEmpty else { return nil }
        let ordered = Self.ordered(problems)
        var lines = ordered.prefix(Self.maximumProblems).map(\.description)
        if ordered.count > lines.count { lines.append("\(file): and \(ordered.count - lines.count) more problems") }
        return ApeError(.scenario, lines.map { PlainText.line($0) }.joined(separator: "\n"))
    }

    static func ordered(_ remarks: [ScenarioRemark]) -> [ScenarioRemark] {
        remarks.enumerated().sorted { left, right in
            (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
        }.map(\.element)
    }
}

extension ScenarioDecoder {
    /// The members of a map whose keys are an enumeration.
    ///
    /// - Returns: the members; nil for what is no map.
    mutating func members<Key: ScenarioKey>(
        _ field: ScenarioField,
        _: Key.Type,
        keepingNulls: Bool = false
    ) -> ScenarioMembers<Key>? {
        members(field, known: Key.allCases.map(\.rawValue), keepingNulls: keepingNulls)
            .map { ScenarioMembers(field: field, fields: $0) }
    }

    /// The members of a map with known keys. An unknown key is a problem; a key without a value counts as missing.
    ///
    /// - Parameters:
    ///   - field: the map.
    ///   - known: which keys it has, in the order in which they are suggested.
    ///   - explanations: what to say of keys that do not exist but are likely to be tried.
    ///   - keepingNulls: whether null is a value here.
    /// - Returns: the members by key; nil for what is no map.
    mutating func members(
        _ field: ScenarioField,
        known: [String],
        explanations: [String: String] = [:],
        keepingNulls: Bool = false
    ) -> [String: ScenarioField]? {
        guard case .map(let members) = field.node.content else {
            problem("must be a map, not \(field.node.found)", at: field)
            return nil
        }
        var fields: [String: ScenarioField] = [:]
        for member in members {
            if known.contains(member.key) {
                if fields[member.key] != nil { problem("the key `\(member.key)` stands twice", at: field) }
                if keepingNulls || !member.value.isNull { fields[member.key] = field.member(member.key, member.value) }
                continue
            }
            let place = field.member(member.key, DocumentNode(content: .null, location: member.keyLocation))
            if let explanation = explanations[member.key.lowercased()] {
                problem(explanation, at: place)
            } else {
                problem("unknown key" + Self.suggestion(for: member.key, among: known), at: place)
            }
        }
        return fields
    }

    /// `; did you mean ...?`, or the words to choose from where none comes close.
    static func suggestion(for word: String, among known: [String]) -> String {
        if let closest = Spelling.closest(to: word, among: known) { return "; did you mean `\(closest)`?" }
        return known.count > 20 ? "" : "; known are \(known.joined(separator: ", "))"
    }

    /// The members of a map whose keys are names of the scenario's choosing.
    mutating func entries(_ field: ScenarioField, atMost limit: Int) -> [(name: String, field: ScenarioField)] {
        guard case .map(let members) = field.node.content else {
            problem("must be a map, not \(field.node.found)", at: field)
            return []
        }
        if members.count > limit { problem("has \(members.count) entries; at most \(limit) are read", at: field) }
        var seen: Set<String> = []
        return members.prefix(limit).map { member in
            var place = field.member(member.key, member.value)
            place.node.location = place.node.location ?? member.keyLocation
            if !seen.insert(member.key).inserted { problem("stands twice", at: place) }
            return (member.key, place)
        }
    }

    /// The elements of a list.
    mutating func items(_ field: ScenarioField, atMost limit: Int) -> [ScenarioField] {
        guard case .list(let elements) = field.node.content else {
            problem("must be a list, not \(field.node.found)", at: field)
            return []
        }
        if elements.count > limit { problem("has \(elements.count) elements; at most \(limit) are read", at: field) }
        return elements.prefix(limit).enumerated().map { field.element($0.offset, $0.element) }
    }

    /// Says that a key that must be there is missing.
    mutating func missing<Key: ScenarioKey>(_ key: Key, in members: ScenarioMembers<Key>, _ way: String) {
        problem("`\(key.rawValue)` is missing: \(way)", at: members.field)
    }
}
