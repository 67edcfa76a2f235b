import ApeCore
import ApeFleet
import ApeRun

/// Where a run is in its plan, and what is left of it.
extension LiveRun {
    mutating func setPlan(_ planned: Plan, _ rows: [StageRow], _ progress: Progress?, nowMicros: Int64) {
        plan.count = planned.stages.count
        plan.isSearch = planned.search != nil
        plan.current = progress?.stage.flatMap { planned.stages.indices.contains($0) ? $0 : nil }
        let current = plan.current ?? 0
        // The current stage stands in the middle of those that are kept.
        plan.first = max(0, min(current - Self.maximumStages / 2, plan.count - Self.maximumStages))
        let isOver = progress?.phase == .drain || progress?.phase == .finishing
        plan.stages = planned.stages.indices.dropFirst(plan.first).prefix(Self.maximumStages).map { index in
            let stage = planned.stages[index]
            let isDone = plan.current.map { index < $0 || index == $0 && isOver } ?? false
            return StageMark(
                name: stage.name.cut(to: Self.nameBytes),
                agents: stage.agents,
                seconds: stage.isOpen ? nil : stage.durationMicros / 1_000_000,
                status: isDone ? rows[index].status : nil
            )
        }
        guard let progress else { return }
        left.phase = progress.phaseEnd.map { max(0, ($0 - progress.now + Micros(999_999)).wholeSeconds) }
        guard plan.current != nil else { return }
        let stage = planned.stages[current]
        guard !stage.isOpen, let start = rows[current].startMicros else { return }
        let end = start.addingClamped(stage.durationMicros)
        let stageLeft = isOver ? 0 : max(0, end.subtractingClamped(nowMicros))
        left.stage = Self.seconds(up: stageLeft)
        guard !plan.isSearch, !planned.stages.contains(where: \.isOpen) else { return }
        let later = planned.stages[(current + 1)...].reduce(Int64(0)) { $0.addingClamped($1.durationMicros) }
        let runLeft = stageLeft.addingClamped(later)
        left.run = Self.seconds(up: runLeft)
        let whole = planned.durationMicros
        if whole > 0 { plan.share = (1 - Double(runLeft) / Double(whole)).clamped(to: 0...1) }
    }

    /// Microseconds in whole seconds, rounded up.
    private static func seconds(up micros: Int64) -> Int64 { micros.addingClamped(999_999) / 1_000_000 }
}
