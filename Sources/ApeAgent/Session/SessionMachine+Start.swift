import ApeCore
import ApeInference
import ApeMetrics

extension SessionMachine {
    /// Starts a session: fills its data.
    ///
    /// - Parameters:
    ///   - scenario: what all sessions share.
    ///   - start: its goal, its row and its random numbers.
    ///   - agent: the agent's number.
    ///   - session: the session's number.
    ///   - now: the session's start.
    init(_ scenario: PreparedScenario, _ start: SessionStart, agent: Int, session: Int, now: Int64) {
        var random = start.choices
        let goal = start.goal
        self.scenario = scenario
        self.goal = goal
        deadlineMicros = now + goal.goal.timeoutMicros
        var state = SessionState()
        state.set("agent", "\(agent)", .given, isBuiltIn: true)
        state.set("session", "\(session)", .given, isBuiltIn: true)
        state.set("run", scenario.run, .given, isBuiltIn: true)
        state.set("random", String(Hexadecimal.text(of: random.next()).prefix(8)), .given, isBuiltIn: true)
        var ending: SessionFailure?
        for (name, value) in goal.values(agent: agent, row: start.row, known: state) {
            guard let value, state.set(name, value, .given) else {
                ending = Self.unusable("the goal's data value \"\(name)\" cannot be used")
                continue
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
