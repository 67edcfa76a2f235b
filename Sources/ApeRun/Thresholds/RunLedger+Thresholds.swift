import ApeCore

extension RunLedger {
    /// The stages that a threshold judges, with what it has to go by; a stage that never began has no seconds.
    ///
    /// - Parameters:
    ///   - index: the threshold's place in the run.
    ///   - second: the first second of fleet time that is not looked at; nil for all.
    /// - Returns: one for each stage, in the plan's order.
    func thresholdHolds(_ index: Int, before second: Int64? = nil) -> [ThresholdValue.Hold] {
        stages.indices.compactMap { place in
            let stage = stages[place]
            guard let tally = stage.thresholds.indices.contains(index) ? stage.thresholds[index] : nil,
                tally.concerns(stage.stage)
            else { return nil }
            let held = stage.heldSeconds
            let end = min(held.upperBound, second ?? .max)
            let length = Int(clamping: max(0, end - held.lowerBound))
            return ThresholdValue.Hold(tally: tally, seconds: tally.judged(ofHold: length), stage: place)
        }
    }
}
