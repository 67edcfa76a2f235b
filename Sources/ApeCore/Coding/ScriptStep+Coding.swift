/// Keys of one step of a scripted goal.
enum StepKey: String, ScenarioKey {
    case target, query, headers, body
    case bodyFile = "body_file"
    case bodyBase64 = "body_base64"
    case expect

    static let section = "goals.NAME.script"
}

extension ScenarioDecoder {
    mutating func script(_ field: ScenarioField) -> [ScriptStep] {
        let steps = items(field, atMost: Self.maximumSteps)
        if steps.isEmpty { problem("has no steps", at: field) }
        return steps.compactMap { item in
            let example = "GET /api/products` or `POST /api/login: {body: {user: \"{{username}}\"}, expect: 200}"
            guard let (line, options) = oneLine(item, example: example),
                let (method, path) = requestLine(line, at: item)
            else { return nil }
            check(Template(path), at: item)
            var step = ScriptStep(method: method, path: path)
            guard let options, !options.node.isNull else {
                step.target = targetName(nil, neededAt: item)
                return step
            }
            guard let members = members(options, StepKey.self) else { return nil }
            step.target = targetName(members[.target], neededAt: item)
            if let field = members[.query] {
                for (name, value) in entries(field, atMost: 100) { step.query[name] = queryValues(value) }
            }
            if let field = members[.headers] { step.headers = headers(field) }
            readBody(members, into: &step)
            step.expectStatus = members[.expect].flatMap { status($0) }
            return step
        }
    }

    private mutating func readBody(_ members: ScenarioMembers<StepKey>, into step: inout ScriptStep) {
        let bodies = [StepKey.body, .bodyFile, .bodyBase64].compactMap { members[$0] }
        if let second = bodies.dropFirst().first { problem("is a second body beside the first", at: second) }
        if step.method == "HEAD", let body = bodies.first { problem("a HEAD request has no body", at: body) }
        step.body = members[.body].map { requestBody($0, headers: step.headers) }
        step.bodyBytes =
            members[.bodyFile].flatMap { bytesBeside($0) }
            ?? members[.bodyBase64].flatMap { base64Text($0) }.flatMap { Base64.bytes(of: $0) }
    }

    /// The values of a query parameter: one, or a list of them.
    private mutating func queryValues(_ field: ScenarioField) -> [String] {
        switch field.node.content {
        case .list: return items(field, atMost: 100).flatMap { item in template(item).map { [$0] } ?? [] }
        case .map:
            problem("must be a text, a number, true or false, or a list of these, not a map", at: field)
            return []
        default: return template(field).map { [$0] } ?? []
        }
    }
}

extension ScriptStep {
    var document: JSONValue {
        var options = JSONObject()
        options.set(StepKey.target, target)
        if !query.isEmpty {
            options[StepKey.query] = .map(query.sorted { $0.key < $1.key }) { name, values in
                (name, values.count == 1 ? .string(values[0]) : .array(values.map { .string($0) }))
            }
        }
        options.set(StepKey.headers, headers: headers)
        options[StepKey.body] = body
        options.set(StepKey.bodyBase64, bodyBytes.map { Base64.text(of: $0) })
        options.set(StepKey.expect, expectStatus?.text)
        let line = "\(method) \(path)"
        return options.isEmpty ? .string(line) : .map([options]) { (line, .object($0)) }
    }
}
