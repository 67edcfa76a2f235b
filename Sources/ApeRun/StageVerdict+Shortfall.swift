import ApeCore
import ApeMetrics

/// Why a hold proves nothing, and when its agents stalled.
extension StageVerdict {
    /// A greater share of sessions, or of agents' time, that the harness itself failed spoils a stage.
    private static let harnessShareLimit = 0.01
    /// So many seconds in a row of which a worker's windows are missing are no proof that its agents were missing.
    private static let unseenSeconds = 2

    /// Why no verdict can stand on a hold, in a sentence; nil where one can.
    static func shortfall(
        of stage: StageLedger,
        _ completeness: Completeness,
        _ accounting: Accounting?,
        isStalled: Bool
    ) -> String? {
        gap(in: stage, completeness) ?? fault(in: stage, accounting)
            ?? (isStalled ? nil : absence(in: stage, completeness))
    }

    /// That too many agents waited too long for one answer, in a sentence; nil where they did not.
    static func stall(in stage: StageLedger, _ rules: JudgingRules) -> String? {
        stage.stalledAgents.map { stalled in
            let (name, agents) = (stage.stage.name, stage.stage.agents)
            let limit = DurationText.text(micros: StallLimit.micros(agents: agents, targets: rules.targets))
            return "Agents stalled: in stage \(name) \(stalled) of \(agents) waited for one answer for longer than "
                + "\(limit)."
        }
    }

    /// That agents could begin no session for want of rows, in a sentence; nil where the stage was held all the same.
    static func rowsMissing(in stage: StageLedger) -> String? {
        guard let rows = stage.usedUpRows, let achieved = stage.achievedAgents, !stage.isSuccess else { return nil }
        let (name, agents) = (stage.stage.name, stage.stage.agents)
        return
            "Rows ran out: in stage \(name) at times only \(achieved) of \(agents) agents were at work, since all rows "
            + "of \(rows) had been handed out. Give more rows, or a shorter plan."
    }

    /// What of the hold was not measured.
    ///
    /// An open stage lasts until it is ended, so its end cuts nothing short, and it may be ended before its hold began.
    private static func gap(in stage: StageLedger, _ completeness: Completeness) -> String? {
        let (name, isOpen) = (stage.stage.name, stage.stage.isOpen)
        if stage.heldSeconds.isEmpty { return isOpen ? nil : "Stage \(name) was not held." }
        if stage.cutMicros != nil, !isOpen { return "The hold of stage \(name) was cut short." }
        guard !completeness.isSufficient else { return nil }
        let share = Decimals.text(completeness.missingShare * 100, places: 1)
        return "\(share) % of the measurements of stage \(name) are missing."
    }

    /// What the harness itself did wrong in the hold: its books do not add up, or it failed more than 1 % of the sessions,
    /// or of the agents' time.
    private static func fault(in stage: StageLedger, _ accounting: Accounting?) -> String? {
        let name = stage.stage.name
        if let accounting, !accounting.isWhole {
            let off = Decimals.text(accounting.residualPercent, places: 1)
            return "The account of agents' time in stage \(name) is off by \(off) %: its own books are wrong."
        }
        let failed = stage.hold.sortedReasons(of: .sessionsFailed).reduce(Int64(0)) {
            Party(reason: $1.reason) == .harness ? $0.addingClamped($1.number) : $0
        }
        let completed = stage.hold.completedSessions
        if Double(failed) > harnessShareLimit * Double(completed) {
            return "The load generator itself failed \(failed) of \(completed) sessions of stage \(name)."
        }
        let time = AgentActivity.allCases.reduce(Int64(0)) { $0.addingClamped(stage.hold.agentTime($1)) }
        let own = stage.hold[.harnessMicros]
        guard time > 0, Double(own) > harnessShareLimit * Double(time) else { return nil }
        let share = FigureText.percent(Double(own) / Double(time))
        return "Sessions that the load generator itself failed took \(share) of the agents' time in stage \(name)."
    }

    /// Agents that were missing by the fleet's own doing.
    ///
    /// **A stage that was not held spoils.** If its agents were missing by the fleet's own doing (a lost worker, a
    /// coordinator that stood still, no descriptors), everything judged on it is INCONCLUSIVE; if they stalled, the run
    /// fails, whether or not the plan asks for 1,000 agents: `scaling_validation` is FAIL and the exit code 1.
    ///
    /// A second or two of which a worker's window is missing do not show that its agents were: a worker that is lost is
    /// silent for longer.
    private static func absence(in stage: StageLedger, _ completeness: Completeness) -> String? {
        let unseen = completeness.missing.filter { $0.worker != nil && $0.seconds.count <= unseenSeconds }
        guard let achieved = stage.achievedAgents, !stage.isHeld(but: unseen.map(\.seconds)) else { return nil }
        return
            "Stage \(stage.stage.name) was not held: at times only \(achieved) of \(stage.stage.agents) agents were at "
            + "work, by the fleet's own doing."
    }
}
