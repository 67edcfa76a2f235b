extension ScenarioDecoder {
    static let maximumGoals = 100
    static let maximumSteps = 1000
    static let maximumDataRows = 10_000
    /// Of each text around a captured value, in bytes.
    static let maximumBoundaryBytes = 1024

    mutating func goals(_ field: ScenarioField) -> [Goal] {
        let goals = entries(field, atMost: Self.maximumGoals).compactMap { name, place -> Goal? in
            checkName(name, at: place)
            return goal(place, name: name)
        }
        if case .map(let members) = field.node.content, members.isEmpty {
            problem("must name at least one goal", at: field)
        }
        return goals
    }

    private mutating func goal(_ field: ScenarioField, name: String) -> Goal? {
        guard let members = members(field, GoalKey.self) else { return nil }
        names = TemplateNames()
        let data = members[.data].map { self.data($0) } ?? []
        let captures = members[.capture].map { self.captures($0) } ?? []
        names.isOpen = members[.script] == nil
        names.own = Set(data.flatMap(\.keys)).union(captures.map(\.name))
        guard let mode = mode(members) else { return nil }
        var goal = Goal(name: name, mode: mode)
        goal.data = data
        goal.captures = captures
        if let field = members[.weight] { goal.weight = number(field, in: 0.000_001...1_000_000) ?? 1 }
        if let field = members[.timeout] {
            goal.timeoutMicros = duration(field, in: 1_000_000...86_400_000_000) ?? goal.timeoutMicros
        }
        if let field = members[.success] { goal.success = checks(field) }
        goal.maxSteps = maxSteps(members, mode)
        if case .prompt = mode, members[.success]?.node.isEmptyList ?? true {
            problem("`success` is missing: only checks on the target's answers prove that a goal is reached", at: field)
        }
        return goal
    }

    private mutating func mode(_ members: ScenarioMembers<GoalKey>) -> Goal.Mode? {
        switch (members[.prompt], members[.script]) {
        case (let field?, nil): return word(field, atMost: Self.maximumTextBytes).map(Goal.Mode.prompt)
        case (nil, let field?): return .script(script(field))
        case (let field?, _?):
            problem("stands beside `script`: a goal is either decided by the model or fixed", at: field)
        case (nil, nil):
            problem("needs a `prompt` for the model, or a `script` of fixed steps", at: members.field)
        }
        return nil
    }

    private mutating func maxSteps(_ members: ScenarioMembers<GoalKey>, _ mode: Goal.Mode) -> Int {
        let given = members[.maxSteps].flatMap { count($0, in: 1...Self.maximumSteps) }
        guard case .script(let steps) = mode else { return given ?? 20 }
        if let given, given < steps.count, let field = members[.maxSteps] {
            problem("the script has \(steps.count) steps, more than this", at: field)
        }
        return given ?? max(steps.count, 1)
    }

    /// Rows of values by name; templates inside them take what every session has.
    private mutating func data(_ field: ScenarioField) -> [[String: String]] {
        var rows: [[String: String]] = []
        for item in items(field, atMost: Self.maximumDataRows) {
            var row: [String: String] = [:]
            for (name, value) in entries(item, atMost: 100) {
                if !Template.isName(name) {
                    problem("cannot be named by a template: letters, digits, _, - and .", at: value)
                }
                if TemplateNames.builtIn.contains(name) {
                    problem("`\(name)` is given to every session already", at: value)
                }
                row[name] = template(value)
            }
            if let first = rows.first, Set(first.keys) != Set(row.keys) {
                warn("has other names than the first row, so some sessions lack values", at: item)
            }
            rows.append(row)
        }
        return rows
    }

    private mutating func captures(_ field: ScenarioField) -> [Capture] {
        entries(field, atMost: 100).compactMap { name, place in
            if !Template.isName(name) {
                problem("cannot be named by a template: letters, digits, _, - and .", at: place)
            }
            if case .text = place.node.content {
                return jsonPath(place).map { Capture(name: name, source: .jsonPath($0)) }
            }
            guard let members = members(place, CaptureKey.self) else { return nil }
            let path = members[.path].flatMap { answerPath($0) }
            return source(members).map { Capture(name: name, source: $0, path: path) }
        }
    }

    private mutating func source(_ members: ScenarioMembers<CaptureKey>) -> Capture.Source? {
        switch (members[.json], members[.header], members[.between]) {
        case (let field?, nil, nil): return jsonPath(field).map(Capture.Source.jsonPath)
        case (nil, let field?, nil): return word(field).map(Capture.Source.header)
        case (nil, nil, let field?): return between(field)
        default:
            problem(
                "needs one of `json` (a JSON path), `header` (a name) and `between` (two texts)",
                at: members.field
            )
            return nil
        }
    }

    /// The texts before and after a value.
    private mutating func between(_ field: ScenarioField) -> Capture.Source? {
        let ends = items(field, atMost: 2)
        guard ends.count == 2 else {
            if case .list = field.node.content, ends.count < 2 {
                problem("must list two texts: what stands before the value, and what stands after it", at: field)
            }
            return nil
        }
        let texts = ends.compactMap { word($0, atMost: Self.maximumBoundaryBytes) }
        return texts.count == 2 ? .between(before: texts[0], after: texts[1]) : nil
    }

    mutating func jsonPath(_ field: ScenarioField) -> String? {
        guard let text = text(field) else { return nil }
        return catching(field) { () throws(ApeError) in try JSONPath(text).text }
    }

    /// The pattern of answers' paths.
    private mutating func answerPath(_ field: ScenarioField) -> String? {
        guard let text = text(field) else { return nil }
        return catching(field) { () throws(ApeError) in try PathPattern(text).text }
    }
}

extension ScenarioDecoder {
    private mutating func script(_ field: ScenarioField) -> [ScriptStep] {
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
