import ApeCore
import ApeInference
import ApeTransfer

/// A scenario with everything made once that all its agents share.
final class PreparedScenario: Sendable {
    let scenario: Scenario
    let run: String
    let seed: UInt64
    let builder: RequestBuilder
    let reader: ToolCallReader
    let inference: PreparedInference?
    /// Hides what proves to endpoint and targets who asks.
    let mask: SecretMask
    let goals: [PreparedGoal]
    /// Whether a goal's rows are handed out.
    private let hasStocked: Bool
    let targetPolicy: RetryPolicy
    /// Told of what is said between agents and model, with what the session knows; nil where nobody watches.
    let onDialogue: (@Sendable (DialogueMoment, SessionState) -> Void)?

    /// - Throws: ``ApeError`` of code `scenario` for what cannot be run.
    init(
        _ scenario: Scenario,
        run: String,
        seed: UInt64,
        apiKey: Secret?,
        gate: TransferGate?,
        onDialogue: (@Sendable (DialogueMoment, SessionState) -> Void)? = nil
    ) throws(ApeError) {
        self.onDialogue = onDialogue
        self.scenario = scenario
        self.run = run
        self.seed = seed
        let names = scenario.targets.map(\.name)
        builder = RequestBuilder(
            targets: scenario.targets.enumerated().map {
                PreparedTarget($1, index: $0, of: scenario, gate: gate)
            }
        )
        let inference = scenario.inference.map { PreparedInference(scenario, $0, apiKey: apiKey, gate: gate) }
        self.inference = inference
        mask = SecretMask(scenario, apiKey: apiKey)
        reader = ToolCallReader(targets: names, leavesOutNulls: inference?.isStrict ?? false)
        var goals: [PreparedGoal] = []
        for goal in scenario.goals {
            if case .prompt = goal.mode, scenario.inference == nil {
                throw ApeError(.scenario, "the goal \"\(goal.name)\" has a prompt, but the scenario has no `inference`")
            }
            goals.append(try PreparedGoal(goal, targets: names))
        }
        guard !goals.isEmpty, !names.isEmpty else {
            throw ApeError(.scenario, "the scenario needs at least one target and one goal")
        }
        self.goals = goals
        hasStocked = goals.contains(where: \.isStocked)
        targetPolicy = RetryPolicy(scenario.limits, retries: scenario.limits.targetRetries)
    }

    /// The goal of a session: by weight, from the session's random numbers. A goal whose rows are used up is left out; nil
    /// where no other is there.
    func goal(_ random: inout SeededRandom, stock: RowStock) -> PreparedGoal? {
        let goals = hasStocked ? goals.filter { !$0.isStocked || !stock.isUsedUp($0.goal.name) } : goals
        let total = goals.reduce(0) { $0 + $1.goal.weight }
        var place = random.unit() * total
        for goal in goals {
            place -= goal.goal.weight
            if place < 0 { return goal }
        }
        return goals.last
    }
}

extension SeededRandom {
    /// A whole number of a range, each as likely as the others but for a bias below 1 in 2^32.
    mutating func micros(in range: ClosedRange<Int64>) -> Int64 {
        let width = range.upperBound - range.lowerBound
        return width <= 0 ? range.lowerBound : range.lowerBound + Int64(unit() * Double(width + 1))
    }
}
