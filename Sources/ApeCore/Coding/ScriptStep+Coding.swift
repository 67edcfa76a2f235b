/// Keys of one step of a scripted goal.
enum StepKey: String, ScenarioKey {
    case target, query, headers, body, expect

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
                for (name, value) in entries(field, atMost: 100) { step.query[name] = template(value) }
            }
            if let field = members[.headers] { step.headers = headers(field) }
            step.body = members[.body].map { templatedJSON($0) }
            step.expectStatus = members[.expect].flatMap { status($0) }
            return step
        }
    }
}

extension ScriptStep {
    var document: JSONValue {
        var options = JSONObject()
        options.set(StepKey.target, target)
        if !query.isEmpty {
            options[StepKey.query] = .map(query.sorted { $0.key < $1.key }) { ($0.key, .string($0.value)) }
        }
        options.set(StepKey.headers, headers: headers)
        options[StepKey.body] = body
        options.set(StepKey.expect, expectStatus?.text)
        let line = "\(method) \(path)"
        return options.isEmpty ? .string(line) : .map([options]) { (line, .object($0)) }
    }
}
