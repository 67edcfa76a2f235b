extension ScenarioDecoder {
    /// The greatest number of targets, and of endpoints of one target.
    static let maximumTargets = 64
    static let maximumEndpoints = 500

    mutating func targets(_ field: ScenarioField) -> [Scenario.Target] {
        let targets = entries(field, atMost: Self.maximumTargets).compactMap { name, place -> Scenario.Target? in
            checkName(name, at: place)
            targetNames.append(name)
            return target(place, name: name)
        }
        if targetNames.isEmpty { problem("must name at least one target", at: field) }
        return targets
    }

    /// A name of a target or goal: what fits a tool's argument and a report's column.
    mutating func checkName(_ name: String, at field: ScenarioField) {
        let isName = name.utf8.count <= 64 && Template.isName(name)
        if !isName { problem("is no name: letters, digits, _, - and ., a letter or _ first, at most 64", at: field) }
    }

    private mutating func target(_ field: ScenarioField, name: String) -> Scenario.Target? {
        if case .text = field.node.content {
            return url(field).map { Scenario.Target(name: name, baseURL: $0) }
        }
        guard let members = members(field, TargetKey.self, explanations: ["base_url": "is called `url` here"]) else {
            return nil
        }
        var target = Scenario.Target(name: name, baseURL: "")
        if let field = members[.url] {
            target.baseURL = url(field) ?? ""
        } else {
            missing(.url, in: members, "where the application is reached, such as http://127.0.0.1:8080")
        }
        if let field = members[.openapi] { target.endpoints = openAPIEndpoints(field, baseURL: target.baseURL) }
        for endpoint in members[.endpoints].map({ endpoints($0) }) ?? [] { target.add(endpoint) }
        if target.endpoints.count > Self.maximumEndpoints {
            warn("\(target.endpoints.count) endpoints: the first \(Self.maximumEndpoints) are kept", at: field)
            target.endpoints.removeLast(target.endpoints.count - Self.maximumEndpoints)
        }
        if let field = members[.headers] { target.headers = headers(field, checkingNames: false) }
        if let field = members[.httpVersion] {
            target.httpVersion = choice(field, Scenario.HTTPVersion.self) ?? .automatic
        }
        target.proxy = members[.proxy].flatMap { url($0) }
        target.caFile = members[.caFile].flatMap { word($0) }
        return target
    }

    private mutating func endpoints(_ field: ScenarioField) -> [Scenario.Endpoint] {
        items(field, atMost: Self.maximumEndpoints).compactMap { item in
            guard let (line, value) = oneLine(item, example: "GET /api/products: List products"),
                let (method, path) = requestLine(line, at: item)
            else { return nil }
            guard catching(item, { () throws(ApeError) in try PathPattern(path) }) != nil else { return nil }
            let summary =
                value.flatMap { $0.node.isNull ? nil : text($0, atMost: Scenario.Endpoint.maximumSummaryBytes) } ?? ""
            return Scenario.Endpoint(method: method, path: path, summary: summary)
        }
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
        guard path.hasPrefix("/"), path.utf8.count <= 4096, literal.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            problem("the path `\(path.prefix(80))` must start with / and hold no spaces", at: field)
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

extension Scenario.Target {
    /// Adds an endpoint in place of one with the same method and path.
    fileprivate mutating func add(_ endpoint: Scenario.Endpoint) {
        let same = endpoints.firstIndex { $0.method == endpoint.method && $0.path == endpoint.path }
        if let same { endpoints[same] = endpoint } else { endpoints.append(endpoint) }
    }
}

extension Scenario {
    /// The methods that agents can use.
    package static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
}
