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
    /// Why it was not held; nil for a stage that was.
    let reason: String?
    /// What the status rests on.
    package let sentence: String
    /// When its ramp began; fleet time, nil for a stage that was not started.
    package let startMicros: Int64?
    let holdStartMicros: Int64?
    /// When its hold really ended.
    let holdEndMicros: Int64?
    let plannedHoldMicros: Int64
    /// Whether its hold ended before the plan's time.
    package let isCut: Bool
    /// The whole seconds that its hold really had, in seconds since 1970 of fleet time.
    package let hold: Range<Int64>
    /// What means leave out of the hold; nil for nothing.
    package let warmupCut: WarmupCut?
    /// The mean time between actions in microseconds, without warm-up.
    let mtbaMicros: Double?
    /// The mean time to first token in microseconds, without warm-up.
    package let ttftMicros: Double?
    /// All gaps of the hold.
    package let gap: SeriesRow
    /// All first tokens of the hold.
    package let ttft: SeriesRow
    /// What the gaps of the hold were spent on.
    let gapParts: GapBreakdown
    package let actions: Int64
    /// nil for a stage that was not held.
    let actionsPerSecond: Double?
    /// The successful stateful sessions, with the seconds weighing alike.
    package let sessions: SessionShare
    /// The mean time that agents took to start, in all phases; nil where none did.
    let startupMicros: Double?
    /// The mean use of the worst worker host's CPU in the hold.
    let worstCPUPercent: Double?
    let worstMemoryPercent: Double?
    package let completeness: Completeness
    /// The model's tokens in the hold, and what they cost.
    package let tokens: TokenRow
    /// The sessions that arrived in the hold; nil where agents work back to back.
    let arrivals: ArrivalRow?
    /// Where agents' time went in the hold.
    let accounting: AccountingRow

    package var heldSeconds: Int { hold.count }

    /// - Parameters:
    ///   - stage: the stage's account.
    ///   - verdict: how its hold was judged.
    ///   - workers: what the workers did in it.
    ///   - price: what the model's tokens cost; nil where nothing is said of cost.
    init(_ stage: StageLedger, _ verdict: StageVerdict, workers: [WorkerStage], price: Scenario.TokenPrice?) {
        name = stage.stage.name
        targetAgents = stage.stage.agents
        achievedAgents = stage.achievedAgents
        isSuccess = stage.isSuccess
        status = verdict.status
        reason = verdict.reason
        startMicros = stage.timeline?.start.micros
        holdStartMicros = stage.timeline?.holdStart.micros
        holdEndMicros = stage.timeline.map { min($0.end.micros, stage.cutMicros ?? .max) }
        plannedHoldMicros = stage.stage.holdMicros
        isCut = stage.cutMicros != nil
        hold = stage.heldSeconds
        warmupCut = verdict.warmupCut
        mtbaMicros = verdict.gap.meanMicros
        ttftMicros = verdict.ttft.meanMicros
        gap = SeriesRow(stage.hold[.gap])
        ttft = SeriesRow(stage.hold[.ttft])
        gapParts = stage.hold.gapBreakdown
        actions = stage.hold.actions
        actionsPerSecond = hold.isEmpty ? nil : Double(actions) / Double(hold.count)
        sessions = verdict.sessions
        accounting = AccountingRow(verdict.accounting)
        arrivals = verdict.arrivals.map(ArrivalRow.init)
        var startup = SumAndCount()
        startup.add(stage.aside[.startup])
        startup.add(stage.hold[.startup])
        startupMicros = startup.meanMicros
        worstCPUPercent = workers.compactMap(\.cpu.mean).max()
        worstMemoryPercent = workers.compactMap(\.memory.mean).max()
        completeness = verdict.completeness
        tokens = TokenRow([stage.hold], price: price)
        sentence = Self.sentence(stage, verdict)
    }

    private static func sentence(_ stage: StageLedger, _ verdict: StageVerdict) -> String {
        let achieved = stage.achievedAgents.map { "at least \($0)" } ?? "unknown how many"
        var sentence = "\(achieved) of \(stage.stage.agents) agents were active throughout the hold"
        if stage.cutMicros != nil, !stage.stage.isOpen { sentence += "; it was cut short" }
        if !verdict.completeness.isSufficient {
            sentence += "; \(verdict.completeness.missingSeconds) seconds are missing"
        } else if !stage.heldSeconds.isEmpty, stage.cutMicros == nil, let reason = verdict.reason {
            sentence += ". " + reason
        }
        return sentence
    }
}
