import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of a goal.
package struct GoalRow: Sendable, Equatable {
    package let name: String
    /// How its sessions ended; nil where none of them has.
    package let sessions: GoalSessions?
    /// The successful stateful sessions of the completed ones.
    package let share: ComparableRun.Share
    /// Its share by the target that the sessions of all goals together have.
    package let status: Verdict.Status
    /// What the status rests on.
    package let sentence: String
    package let gap: GapBreakdown

    /// The goals of some measurements, the one with the most time in its gaps first.
    ///
    /// - Parameters:
    ///   - measures: such as those of a stage's hold.
    ///   - target: what the share of successful stateful sessions is judged by.
    /// - Returns: a row for each goal.
    package static func rows(of measures: Measures, target: KPITarget) -> [GoalRow] {
        let (gaps, sessions) = (measures.goalBreakdowns, measures.goalSessions)
        return Set(gaps.keys).union(sessions.keys)
            .map { GoalRow($0, sessions[$0], gaps[$0] ?? GapBreakdown(), target) }
            .sorted { ($0.gap.gapMicros, $1.name) > ($1.gap.gapMicros, $0.name) }
    }

    private init(_ name: String, _ sessions: GoalSessions?, _ gap: GapBreakdown, _ target: KPITarget) {
        self.name = name
        self.sessions = sessions
        self.gap = gap
        share = ComparableRun.Share(count: sessions?.successfulStateful ?? 0, trials: sessions?.completed ?? 0)
        let percent = share.value.map { 100 * $0 }
        status = percent.map { target.passes($0) ? .pass : .fail } ?? .notExercised
        let judged = percent.map { " (\(target.amount($0)), target \(target.sentence))" } ?? ""
        sentence = "\(share.count) of \(share.trials) completed sessions were successful and stateful\(judged)"
    }
}
