import ApeCore
import ApeMetrics
import ApeRun

/// The sessions of a run that are kept step by step, and which of them somebody means.
package struct KeptSessions: Sendable {
    /// The fewest digits that are taken for the beginning of a trace's identifier.
    private static let leastDigits = 4

    package let sessions: [ExemplarSession]

    package init(_ sessions: [ExemplarSession]) {
        self.sessions = sessions
    }

    /// Those of a goal, and where asked for only those that failed.
    ///
    /// - Throws: ``ApeError`` of code `usage` that says what there is.
    package func matching(goal: String?, failed: Bool) throws(ApeError) -> [ExemplarSession] {
        let goals = sessions.map(\.session.goal).uniqued
        if let goal, !goals.contains(goal) {
            let nearest = Spelling.closest(to: goal, among: goals).map { "; did you mean \($0)?" } ?? ""
            let known = goals.isEmpty ? "it kept none" : "it kept some of \(goals.joined(separator: ", "))"
            throw ApeError(.usage, "The run kept no session of the goal \(goal): \(known)\(nearest)")
        }
        return sessions.filter { (goal == nil || $0.session.goal == goal) && !(failed && $0.hasSucceeded) }
    }

    /// The one session that is meant: without a choice the first that failed, or else the slowest.
    ///
    /// - Parameters:
    ///   - trace: the beginning of its trace's identifier.
    ///   - failed: whether the first that failed is meant.
    ///   - slowest: whether the one that took longest is meant.
    ///   - goal: the goal that it has; nil for any.
    ///   - run: the run's identifier, for what is said of it.
    /// - Returns: the session.
    /// - Throws: ``ApeError`` of code `usage` that says what there is.
    package func choose(
        trace: String?,
        failed: Bool,
        slowest: Bool,
        goal: String?,
        run: String
    ) throws(ApeError) -> ExemplarSession {
        let those = try matching(goal: goal, failed: failed)
        if let trace { return try choose(trace, of: those, run: run) }
        let first = slowest ? nil : those.first { !$0.hasSucceeded }
        let longest = those.reduce(nil as ExemplarSession?) { best, next in
            guard let best else { return next }
            return next.session.durationMicros > best.session.durationMicros ? next : best
        }
        if let chosen = first ?? longest { return chosen }
        if failed, !sessions.isEmpty {
            throw ApeError(.usage, "No session of run \(run) failed that it kept; leave --failed out to see another")
        }
        throw ApeError(
            .usage,
            "Run \(run) kept no session step by step: none had ended, or its workers are of an earlier version"
        )
    }

    private func choose(_ text: String, of those: [ExemplarSession], run: String) throws(ApeError) -> ExemplarSession {
        let digits = text.lowercased()
        let found = those.filter { digits.count >= Self.leastDigits && $0.traceID?.hasPrefix(digits) == true }
        if found.count == 1, let only = found.first { return only }
        guard found.isEmpty else {
            throw ApeError(.usage, "\(found.count) sessions have a trace that begins with \(text): give more of it")
        }
        let known = those.compactMap(\.traceID)
        let nearest = Spelling.closest(to: digits, among: known).map { "; did you mean \($0)?" } ?? ""
        throw ApeError(
            .usage,
            "Run \(run) kept no session of the trace \(text): see the \(known.count) that it kept with --list\(nearest)"
        )
    }

    /// All of them as a table.
    ///
    /// - Parameters:
    ///   - nameOf: a worker's name by its identity.
    ///   - width: the terminal's columns.
    /// - Returns: lines that end with a newline.
    package func table(_ nameOf: (String) -> String, width: Int) -> String {
        guard !sessions.isEmpty else { return "No session was kept step by step.\n" }
        var table = TextTable([
            .init(title: "Trace"), .init(title: "Goal", gives: true), .init(title: "Ended", gives: true),
            .init(title: "Took", isNumeric: true), .init(title: "Steps", isNumeric: true),
            .init(title: "Worker", gives: true),
        ])
        table.rows = sessions.map { exemplar in
            let session = exemplar.session
            return [
                String((exemplar.traceID ?? "none").prefix(12)), session.goal,
                exemplar.hasSucceeded ? "succeeded" : exemplar.reason, Figures.duration(session.durationMicros),
                "\(Int64(session.steps.count).addingClamped(session.stepsLeftOut))", nameOf(exemplar.worker),
            ]
        }
        return table.lines(width: max(TraceText.leastWidth, width)).joined(separator: "\n") + "\n"
    }
}
