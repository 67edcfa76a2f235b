import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of a stage.
package struct StageRow: Sendable, Equatable {
    package let name: String
    package let targetAgents: Int
    /// The least number of active agents over the hold; nil for a stage that was not held.
    package let achievedAgents: Int?
    /// Whether enough of the agents were active throughout the hold.
    package let isSuccess: Bool
    package let status: Verdict.Status
    /// What the status rests on.
    package let sentence: String
    package let heldSeconds: Int
    /// What means leave out of the hold; nil for nothing.
    package let warmupCut: WarmupCut?
    /// The mean time between actions in microseconds, without warm-up.
    package let mtbaMicros: Double?
    /// The mean time to first token in microseconds, without warm-up.
    package let ttftMicros: Double?
    /// All gaps of the hold.
    package let gap: SeriesRow
    /// All first tokens of the hold.
    package let ttft: SeriesRow
    /// What the gaps of the hold were spent on.
    package let gapParts: GapBreakdown
    package let actions: Int64
    /// nil for a stage that was not held.
    package let actionsPerSecond: Double?
    /// The successful stateful sessions of the completed ones.
    package let sessions: ComparableRun.Share
    package let completeness: Completeness

    /// - Parameters:
    ///   - stage: the stage's account.
    ///   - verdict: how its hold was judged.
    package init(_ stage: StageLedger, _ verdict: StageVerdict) {
        name = stage.stage.name
        targetAgents = stage.stage.agents
        achievedAgents = stage.achievedAgents
        isSuccess = stage.isSuccess
        status = verdict.status
        heldSeconds = stage.heldSeconds.count
        warmupCut = verdict.warmupCut
        mtbaMicros = verdict.gap.meanMicros
        ttftMicros = verdict.ttft.meanMicros
        gap = SeriesRow(stage.hold[.gap])
        ttft = SeriesRow(stage.hold[.ttft])
        gapParts = stage.hold.gapBreakdown
        actions = stage.hold.actions
        actionsPerSecond = heldSeconds > 0 ? Double(actions) / Double(heldSeconds) : nil
        sessions = stage.hold.successShare
        completeness = verdict.completeness
        sentence = Self.sentence(stage, verdict)
    }

    private static func sentence(_ stage: StageLedger, _ verdict: StageVerdict) -> String {
        let achieved = stage.achievedAgents.map { "at least \($0)" } ?? "unknown how many"
        var sentence = "\(achieved) of \(stage.stage.agents) agents were active throughout the hold"
        if stage.cutMicros != nil, !stage.stage.isOpen { sentence += "; it was cut short" }
        if !verdict.completeness.isSufficient {
            sentence += "; \(verdict.completeness.missingSeconds) seconds are missing"
        }
        return sentence
    }
}
