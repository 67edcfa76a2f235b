import ApeCore
import ApeMetrics

extension RunLedger {
    /// Whose doing it was that a try failed, by what it turned on.
    ///
    /// - Parameters:
    ///   - bound: the try.
    ///   - base: the stage of a try that passed, to see what grew; nil where none did.
    /// - Returns: nil where nothing tells.
    func party(of bound: CapacityTry, than base: Int?) -> Party? {
        guard stages.indices.contains(bound.stage) else { return nil }
        // What made it inconclusive is that the measurement itself is in doubt.
        if bound.status == .inconclusive { return .harness }
        let failures = FailureTable(self, stages: [bound.stage]).parties.first?.party
        let grown = grownPart(bound.stage, than: base).map { party(of: $0, failures: failures) }
        switch bound.bound?.kind {
        case .threshold: return bound.bound?.party ?? grown ?? failures
        case .target(.cognitiveLatencyTTFT): return .inference
        // Sessions that nothing failed are not stateful by the goal's own making.
        case .target(.successfulStatefulSessions): return failures ?? .simulation
        case nil: return failures ?? grown
        case .held:
            let isPlans =
                stages[bound.stage].usedUpRows != nil || bound.bound?.name == "arrivals" && !hasSlowed(bound, base)
            return isPlans ? .simulation : grown ?? failures
        case .target: return grown ?? failures
        }
    }

    /// The part of the mean gap that grew most; without a base the greatest.
    private func grownPart(_ stage: Int, than base: Int?) -> GapBreakdown.Part? {
        let (after, before) = (stages[stage].hold.gapBreakdown, base.map { stages[$0].hold.gapBreakdown })
        guard after.gaps > 0 else { return nil }
        func mean(_ part: GapBreakdown.Part, _ gaps: GapBreakdown) -> Double {
            gaps.gaps > 0 ? Double(gaps[part: part]) / Double(gaps.gaps) : 0
        }
        let grown = GapBreakdown.Part.allCases.map { part in
            (part, mean(part, after) - (before.map { mean(part, $0) } ?? 0))
        }
        return grown.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0.0 : nil }
    }

    /// Whether a mean gap of a try is half as long again as that of one that passed: where it is not, it is the plan that has
    /// too few agents for its arrivals.
    private func hasSlowed(_ bound: CapacityTry, _ base: Int?) -> Bool {
        guard let base else { return true }
        let gaps = [base, bound.stage].map { stages[$0].hold.gapBreakdown }
        guard gaps[0].gaps > 0, gaps[1].gaps > 0 else { return true }
        return Double(gaps[1].gapMicros) / Double(gaps[1].gaps) > 1.5 * Double(gaps[0].gapMicros) / Double(gaps[0].gaps)
    }

    /// Agents that wait before retries wait for whoever refused them.
    private func party(of part: GapBreakdown.Part, failures: Party?) -> Party {
        switch part {
        case .firstToken, .generation: .inference
        case .target: .target
        case .think: .simulation
        case .retryWait: failures ?? .target
        case .overhead: .harness
        }
    }
}
