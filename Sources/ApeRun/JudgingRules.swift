import ApeCore

/// What verdicts depend on beside the measurements.
package struct JudgingRules: Sendable, Equatable {
    /// The scenario's own targets. Every target's value can be overridden in the scenario, with the default still shown.
    package var targets: [KPIKey: Double]
    /// Whether any goal asks a model.
    package var usesInference: Bool
    /// Whether a session of any goal can be stateful: it may take two actions.
    package var canBeStateful: Bool
    /// A marginal verdict fails.
    package var strict: Bool
    /// Whether the number of agents is judged. A search looks for it: there it is NOT_EXERCISED.
    var boundsAgents = true

    package init(
        targets: [KPIKey: Double] = [:],
        usesInference: Bool = true,
        canBeStateful: Bool = true,
        strict: Bool = false
    ) {
        self.targets = targets
        self.usesInference = usesInference
        self.canBeStateful = canBeStateful
        self.strict = strict
    }

    /// The rules of a scenario.
    package init(_ scenario: Scenario, strict: Bool) {
        let prompts = scenario.goals.contains { if case .prompt = $0.mode { true } else { false } }
        let stateful = scenario.goals.contains { goal in
            switch goal.mode {
            case .prompt: goal.maxSteps > 1
            case .script(let steps): steps.count > 1
            }
        }
        self.init(targets: scenario.kpiTargets, usesInference: prompts, canBeStateful: stateful, strict: strict)
    }
}
