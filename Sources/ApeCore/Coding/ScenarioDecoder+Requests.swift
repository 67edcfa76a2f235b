/// What stands for requests and for what they go to: names, lines such as `GET /api/products`.
extension ScenarioDecoder {
    /// A name of a target or goal: what fits a tool's argument and a report's column.
    mutating func checkName(_ name: String, at field: ScenarioField) {
        let isName = name.utf8.count <= 64 && Template.isName(name)
        if !isName { problem("is no name: letters, digits, _, - and ., a letter or _ first, at most 64", at: field) }
    }

    /// An element that is one line of text, or a line with something after a colon.
    mutating func oneLine(_ field: ScenarioField, example: String) -> (line: String, value: ScenarioField?)? {
        switch field.node.content {
        case .text(let text):
            guard let colon = text.firstRange(of: ": ") else { return (text, nil) }
            let rest = DocumentNode(content: .text(String(text[colon.upperBound...])), location: field.node.location)
            return (String(text[..<colon.lowerBound]), ScenarioField(node: rest, path: field.path))
        case .map(let members) where members.count == 1:
            return (members[0].key, ScenarioField(node: members[0].value, path: field.path))
        default:
            problem("must be written as `\(example)`, not as \(field.node.found)", at: field)
            return nil
        }
    }

    /// The method and the path of `GET /api/products`.
    mutating func requestLine(_ line: String, at field: ScenarioField) -> (method: String, path: String)? {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else {
            problem("`\(line.prefix(80))` must be a method and a path, such as GET /api/products", at: field)
            return nil
        }
        let method = String(parts[0])
        let path = String(parts[1].drop { $0 == " " })
        guard Scenario.methods.contains(method) else {
            let guess = Spelling.closest(to: method, among: Scenario.methods)
            let way = guess.map { "did you mean \($0)?" } ?? "known are \(Scenario.methods.joined(separator: ", "))"
            problem("unknown method \(method.prefix(40)); \(way)", at: field)
            return nil
        }
        let literal = Template(path).segments.reduce(into: "") { text, segment in
            if case .text(let part) = segment { text += part }
        }
        let begins = path.hasPrefix("/") || Template(path).leadingName != nil
        let way = path.hasPrefix("{{") ? "; the template before it has a name only" : ""
        guard begins, path.utf8.count <= 4096, literal.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            problem("the path `\(path.prefix(80))` must start with / and hold no spaces" + way, at: field)
            return nil
        }
        return (method, path)
    }

    /// The name of a target that exists; where none is given, the only one.
    mutating func targetName(_ field: ScenarioField?, neededAt place: ScenarioField) -> String? {
        guard let field else {
            if targetNames.count > 1 {
                problem("`target` is missing: one of \(targetNames.joined(separator: ", "))", at: place)
            }
            return nil
        }
        guard let name = text(field) else { return nil }
        if !targetNames.contains(name) {
            problem("there is no target \(name.prefix(64))" + Self.suggestion(for: name, among: targetNames), at: field)
        }
        return name
    }
}

extension Scenario {
    /// The methods that agents can use.
    package static let methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    /// Those of them that only ask, and change nothing (RFC 9110, section 9.2.1).
    package static let safeMethods: Set<String> = ["GET", "HEAD", "OPTIONS"]
}
