import ApeCore

/// What verdicts depend on beside the measurements.
package struct JudgingRules: Sendable, Equatable {
    /// The scenario's own targets.
    package var targets: [KPIKey: Double]
    /// Whether any goal asks a model.
    package var usesInference: Bool
    /// A marginal verdict fails.
    package var strict: Bool

    package init(targets: [KPIKey: Double] = [:], usesInference: Bool = true, strict: Bool = false) {
        self.targets = targets
        self.usesInference = usesInference
        self.strict = strict
    }

    /// The rules of a scenario.
    package init(_ scenario: Scenario, strict: Bool) {
        let prompts = scenario.goals.contains { if case .prompt = $0.mode { true } else { false } }
        self.init(targets: scenario.kpiTargets, usesInference: prompts, strict: strict)
    }
}
