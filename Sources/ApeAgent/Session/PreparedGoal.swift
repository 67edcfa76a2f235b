import ApeCore

/// A goal with everything compiled that its sessions share.
final class PreparedGoal: Sendable {
    enum Mode: Sendable {
        case prompt(Template)
        case script([Step])
    }

    /// A step of a script.
    struct Step: Sendable {
        var draft: RequestDraft
        var expectStatus: StatusPattern?
    }

    let goal: Goal
    let mode: Mode
    /// Whether a session of it can take two actions, as a stateful one does.
    var canBeStateful: Bool {
        switch mode {
        case .prompt: goal.maxSteps > 1
        case .script(let steps): steps.count > 1
        }
    }
    let captures: [PreparedCapture]
    let checks: [PreparedCheck]
    /// The requests of the checks that are verifications, by the check's number.
    let verifications: [Int: RequestDraft]
    /// Each data row's values.
    let data: [[(name: String, value: Template)]]

    init(_ goal: Goal, targets: [String]) throws(ApeError) {
        self.goal = goal
        switch goal.mode {
        case .prompt(let text): mode = .prompt(Template(text))
        case .script(let steps):
            var prepared: [Step] = []
            for step in steps { prepared.append(try Self.step(step, goal: goal.name, targets: targets)) }
            mode = .script(prepared)
        }
        var captures: [PreparedCapture] = []
        for capture in goal.captures { captures.append(try PreparedCapture(capture)) }
        self.captures = captures
        var checks: [PreparedCheck] = []
        var verifications: [Int: RequestDraft] = [:]
        for check in goal.success {
            let prepared = try PreparedCheck(check, targets: targets)
            if check.subject == .verification {
                verifications[checks.count] = RequestDraft(
                    method: check.method,
                    target: prepared.target ?? 0,
                    path: check.path,
                    headers: check.requestHeaders.map { StateValue(name: $0.name, value: $0.value) },
                    body: check.requestBody
                )
            }
            checks.append(prepared)
        }
        self.checks = checks
        self.verifications = verifications
        data = goal.data.map { row in row.sorted { $0.key < $1.key }.map { ($0.key, Template($0.value)) } }
    }

    private static func step(_ step: ScriptStep, goal: String, targets: [String]) throws(ApeError) -> Step {
        let target = step.target ?? targets.first ?? ""
        guard let index = targets.firstIndex(of: target) else {
            throw ApeError(.scenario, "a step of the goal \"\(goal)\" names the target \(target), which there is not")
        }
        let draft = RequestDraft(
            method: step.method,
            target: index,
            path: step.path,
            query: step.query.sorted { $0.key < $1.key }.map { StateValue(name: $0.key, value: $0.value) },
            headers: step.headers.map { StateValue(name: $0.name, value: $0.value) },
            body: step.body
        )
        return Step(draft: draft, expectStatus: step.expectStatus)
    }
}
