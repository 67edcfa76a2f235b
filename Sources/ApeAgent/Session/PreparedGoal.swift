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
    let rows: Rows

    /// Where its sessions have their data from.
    enum Rows: Sendable {
        /// Each row's values; agent n takes row n modulo the number of rows.
        case own([[(name: String, value: Template)]])
        /// A row that is handed out, whose values are named by these. Those of a scenario may hold templates; those of a
        /// file are taken as they stand.
        case stocked([String], areTemplates: Bool)
    }

    /// Whether a row has to be there before a session can begin.
    var isStocked: Bool {
        if case .stocked = rows { true } else { false }
    }

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
        if goal.dataFile != nil || goal.pick == .once && !goal.data.isEmpty {
            rows = .stocked(goal.columns, areTemplates: goal.dataFile == nil)
        } else {
            rows = .own(goal.data.map { row in row.sorted { $0.key < $1.key }.map { ($0.key, Template($0.value)) } })
        }
    }

    /// The values of a session's row; nil for one whose template cannot be filled.
    ///
    /// - Parameters:
    ///   - agent: the agent's number.
    ///   - row: the row that it was handed out; nil for none.
    ///   - known: what every session has.
    /// - Returns: names and values.
    func values(agent: Int, row: DataRow?, known: SessionState) -> [(name: String, value: String?)] {
        switch rows {
        case .own(let rows):
            guard !rows.isEmpty else { return [] }
            return rows[agent % rows.count].map { ($0.name, try? $0.value.render { known.value($0) }) }
        case .stocked(let columns, let areTemplates):
            return zip(columns, row ?? []).compactMap { name, value in
                guard let value else { return nil }
                return (name, areTemplates ? try? Template(value).render { known.value($0) } : value)
            }
        }
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
            query: step.query.sorted { $0.key < $1.key }.flatMap { name, values in
                values.map { StateValue(name: name, value: $0) }
            },
            headers: step.headers.map { StateValue(name: $0.name, value: $0.value) },
            body: step.body,
            bodyBytes: step.bodyBytes
        )
        return Step(draft: draft, expectStatus: step.expectStatus)
    }
}
