/// Keys of one goal.
enum GoalKey: String, ScenarioKey {
    case weight, prompt, script, data, capture, success
    case maxSteps = "max_steps"
    case timeout

    static let section = "goals.NAME"
}

extension ScenarioDecoder {
    static let maximumGoals = 100
    static let maximumSteps = 1000

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
        let data = members[.data].map { self.data($0) }
        let captures = members[.capture].map { self.captures($0) } ?? []
        names.isOpen = members[.script] == nil || data?.isUnknown == true
        names.own = Set(data?.columns ?? []).union(captures.map(\.name))
        guard let mode = mode(members) else { return nil }
        var goal = Goal(name: name, mode: mode)
        data?.apply(to: &goal)
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
}

extension Goal {
    var document: JSONValue {
        var document = JSONObject()
        document[GoalKey.weight] = .number(weight)
        switch mode {
        case .prompt(let prompt): document.set(GoalKey.prompt, prompt)
        case .script(let steps): document[GoalKey.script] = .array(steps.map(\.document))
        }
        document[GoalKey.data] = dataDocument
        if !captures.isEmpty { document[GoalKey.capture] = .map(captures) { ($0.name, $0.document) } }
        if !success.isEmpty { document[GoalKey.success] = .array(success.map(\.document)) }
        document.set(GoalKey.maxSteps, count: maxSteps)
        document.set(GoalKey.timeout, micros: timeoutMicros)
        return .object(document)
    }
}
