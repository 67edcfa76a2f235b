/// Something that the reader has to say about one place of a scenario.
package struct ScenarioRemark: Sendable, Equatable, CustomStringConvertible {
    /// The file's name, or `scenario` for one that came over the wire.
    package var file: String
    /// Line and column from 1; nil for a scenario that came over the wire.
    package var line: Int?
    package var column: Int?
    /// The keys that lead there, such as `goals.buy.success[0].status`.
    package var path: String
    package var message: String

    package init(file: String, line: Int?, column: Int?, path: String, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }

    /// `shop.yml:12:5: goals.buy.max_step: ...`
    package var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
        return path.isEmpty ? "\(place): \(message)" : "\(place): \(path): \(message)"
    }
}

/// A scenario that can be run, with what is odd about it.
package struct ReadScenario: Sendable, Equatable {
    package var scenario: Scenario
    /// In the file's order.
    package var warnings: [ScenarioRemark]
    /// The operations of OpenAPI documents that are no endpoints, by the target's name.
    package var leftOut: [String: [OpenAPILeftOut]] = [:]
    /// Where its parts stand.
    package var places: ScenarioPlaces
}

extension ReadScenario {
    /// The scenario as ``Scenario/document``, with what is left out of each target's OpenAPI document as `left_out`.
    package var document: JSONValue {
        guard var document = scenario.document.object, var targets = document[RootKey.targets.rawValue]?.object else {
            return scenario.document
        }
        for (name, leftOut) in leftOut where !leftOut.isEmpty {
            guard var target = targets[name]?.object else { continue }
            target[Scenario.Target.leftOutKey] = .array(leftOut.map(\.document))
            targets[name] = .object(target)
        }
        document[RootKey.targets.rawValue] = .object(targets)
        return .object(document)
    }
}

/// A node with the keys that lead to it.
struct ScenarioField {
    var node: DocumentNode
    var path: String

    func member(_ key: String, _ value: DocumentNode) -> ScenarioField {
        let isPlain = key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        if !isPlain { return ScenarioField(node: value, path: "\(path)[\"\(key.prefix(60))\"]") }
        return ScenarioField(node: value, path: path.isEmpty ? key : "\(path).\(key)")
    }

    func element(_ index: Int, _ value: DocumentNode) -> ScenarioField {
        ScenarioField(node: value, path: "\(path)[\(index)]")
    }
}

extension ScenarioField {
    /// The member at `key`, or the same place under its path where there is none.
    func descending(to key: String) -> ScenarioField {
        guard case .map(let members) = node.content else { return member(key, node) }
        return member(key, members.first { $0.key == key }?.value ?? node)
    }

    /// Whether this is a map with a value at `key`.
    func has(_ key: String) -> Bool {
        guard case .map(let members) = node.content else { return false }
        return members.contains { $0.key == key && !$0.value.isNull }
    }

    /// The element at `index`, or the same place under its path where there is none.
    func descending(to index: Int) -> ScenarioField {
        guard case .list(let elements) = node.content, index < elements.count else { return element(index, node) }
        return element(index, elements[index])
    }
}

/// The members of a map whose keys are known.
struct ScenarioMembers<Key: ScenarioKey> {
    /// The map itself.
    var field: ScenarioField
    var fields: [String: ScenarioField]

    subscript(_ key: Key) -> ScenarioField? { fields[key.rawValue] }
}
