import ApeCore
import ApeInference
import ApeMetrics

extension SessionMachine {
    /// Starts a session: picks its goal and fills its data.
    ///
    /// - Parameters:
    ///   - scenario: what all sessions share.
    ///   - agent: the agent's number.
    ///   - session: the session's number.
    ///   - random: the session's numbers.
    ///   - now: the session's start.
    init(_ scenario: PreparedScenario, agent: Int, session: Int, random: SeededRandom, now: Int64) {
        var random = random
        let goal = scenario.goal(&random)
        self.scenario = scenario
        self.goal = goal
        deadlineMicros = now + goal.goal.timeoutMicros
        var state = SessionState()
        state.set("agent", "\(agent)", .given, isBuiltIn: true)
        state.set("session", "\(session)", .given, isBuiltIn: true)
        state.set("run", scenario.run, .given, isBuiltIn: true)
        state.set("random", String(Hexadecimal.text(of: random.next()).prefix(8)), .given, isBuiltIn: true)
        var ending: SessionFailure?
        if !goal.data.isEmpty {
            let builtIn = state
            for (name, template) in goal.data[agent % goal.data.count] {
                guard let value = try? template.render({ builtIn.value($0) }), state.set(name, value, .given) else {
                    ending = Self.unusable("the goal's data value \"\(name)\" cannot be used")
                    continue
                }
            }
        }
        if case .prompt(let template) = goal.mode, let inference = scenario.inference {
            // A name that is not known yet stays: the prompt may tell the model to write {{order_id}} itself.
            let values = state
            let known = SystemPrompt.known(state)
            let text = template.renderKnown { values.value($0) } + (known.isEmpty ? "" : "\n\n" + known)
            conversation = Conversation(
                inference,
                goal: text,
                contextTokens: scenario.scenario.limits.contextTokens
            )
            scenario.onDialogue?(.began(inference, goal: text), state)
        }
        self.state = state
        self.random = random
        evaluator = SuccessCheckEvaluator(goal.checks)
        if let ending { phase = .ended(SessionOutcome(failure: ending, isStateful: false)) }
    }

    private static func unusable(_ message: String) -> SessionFailure {
        SessionFailure(reason: .data, message: message, isUnreachable: true)
    }
}
