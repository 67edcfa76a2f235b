import ApeCore

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
        state.set("random", String(random.next() >> 12, radix: 36), .given, isBuiltIn: true)
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
        var prompt = ""
        if case .prompt(let template) = goal.mode {
            do {
                let values = state
                prompt = try template.render { values.value($0) }
            } catch {
                ending = Self.unusable("the goal's prompt cannot be filled: \(error)")
            }
        }
        self.prompt = prompt.escapedJSON
        self.state = state
        self.random = random
        evaluator = SuccessCheckEvaluator(goal.checks)
        let fixed = scenario.systemPrompt.count + (scenario.inference?.bodyHead.count ?? 0) + self.prompt.count
        let budget = scenario.scenario.limits.contextTokens * Conversation.bytesPerToken
        conversation = Conversation(budgetBytes: max(0, budget - fixed))
        if let ending { phase = .ended(SessionOutcome(failure: ending, isStateful: false)) }
    }

    private static func unusable(_ message: String) -> SessionFailure {
        SessionFailure(reason: "harness_data", message: message, isUnreachable: true)
    }
}
