/// What only the whole scenario tells.
extension ScenarioDecoder {
    mutating func checkInference(_ members: ScenarioMembers<RootKey>, _ scenario: Scenario) {
        let prompted = scenario.goals.filter { if case .prompt = $0.mode { true } else { false } }
        if let goal = prompted.first, members[.inference] == nil {
            missing(.inference, in: members, "the goal \(goal.name) has a prompt, so a model must decide its steps")
        }
        if let field = members[.inference], prompted.isEmpty, !scenario.goals.isEmpty {
            warn("is not used: every goal is a script", at: field)
        }
    }

    /// A target's header goes with every request whose session knows its values; a goal that never does is odd.
    mutating func checkTargetHeaders(_ members: ScenarioMembers<RootKey>, _ scenario: Scenario) {
        guard let field = members[.targets] else { return }
        for target in scenario.targets {
            for header in target.headers {
                for goal in scenario.goals where !Self.canFill(Template(header.value), in: goal) {
                    let place = field.descending(to: target.name).descending(to: "headers")
                        .descending(to: header.name)
                    warn("nothing provides its values in the goal \(goal.name), where it is never sent", at: place)
                }
            }
        }
    }

    private static func canFill(_ template: Template, in goal: Goal) -> Bool {
        var names = TemplateNames()
        names.own = Set(goal.columns).union(goal.captures.map(\.name))
        return template.names.allSatisfy { names.canProvide($0) }
    }

    /// What the model is not told of, or has no room for, it cannot do.
    mutating func checkPrompt(_ members: ScenarioMembers<RootKey>, _ scenario: Scenario) {
        let prompted = scenario.goals.contains { if case .prompt = $0.mode { true } else { false } }
        guard let field = members[.targets], prompted else { return }
        let told = scenario.toldEndpoints.flatMap(\.self)
        let all = scenario.targets.reduce(0) { $0 + $1.endpoints.count }
        if told.count < all {
            warn(
                "the model is told of \(told.count) of \(all) endpoints: limits.prompt_endpoints is "
                    + "\(scenario.limits.promptEndpoints)",
                at: field
            )
        }
        let tokens = told.reduce(0) { $0 + $1.line.utf8.count + $1.bodyBytes } / 4
        if tokens > scenario.limits.contextTokens {
            warn(
                "the endpoints alone take about \(tokens) tokens of a request, and limits.context_tokens is "
                    + "\(scenario.limits.contextTokens): raise it, or choose endpoints with `include` of `openapi`",
                at: field
            )
        }
    }

    /// An answer that is waited for from an endpoint that the model is not told of is likely a slip.
    mutating func checkAnswers(_ members: ScenarioMembers<RootKey>, _ scenario: Scenario) {
        guard let field = members[.goals] else { return }
        let endpoints = scenario.targets.flatMap(\.endpoints)
        guard scenario.targets.allSatisfy({ !$0.endpoints.isEmpty }) else { return }
        let table = RouteTable(endpoints: endpoints)
        for goal in scenario.goals {
            guard case .prompt = goal.mode else { continue }
            for (index, check) in goal.success.enumerated() where check.subject == .anyAnswer {
                guard table.route(method: check.method, path: check.path) == nil else { continue }
                let place = field.descending(to: goal.name).descending(to: GoalKey.success.rawValue)
                    .descending(to: index).descending(to: CheckKey.answer.rawValue)
                let longer = endpoints.first { $0.method == check.method && $0.path.hasSuffix(check.path) }
                let guess = longer.map { "; did you mean \($0.method) \($0.path)?" } ?? ""
                warn("no target lists the endpoint \(check.method) \(check.path)\(guess)", at: place)
            }
        }
    }
}
