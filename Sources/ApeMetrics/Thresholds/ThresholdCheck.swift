import ApeCore

/// Holds thresholds against the scenario that they judge: a figure that no goal can produce is told before the run.
package struct ThresholdCheck: Sendable {
    let scenario: Scenario
    private let plan: Plan?

    /// - Parameters:
    ///   - scenario: what is tested.
    ///   - plan: what is run; nil where it is not known yet.
    package init(_ scenario: Scenario, plan: Plan?) {
        self.scenario = scenario
        self.plan = plan
    }

    /// What is odd about a threshold that can be judged, in sentences.
    ///
    /// - Throws: ``ThresholdMistake`` for one that cannot.
    package func warnings(on threshold: Threshold) throws(ThresholdMistake) -> [String] {
        let condition = threshold.condition
        let quantity = try ThresholdCatalogue.quantity(of: condition)
        for filter in condition.filters {
            switch filter.label {
            case "goal": try check(filter, scenario.goals.map(\.name), "goal")
            case "peer": try check(filter, scenario.targets.map(\.name) + [PeerNames.model], "target")
            case ThresholdCatalogue.stageLabel:
                if let plan { try check(filter, plan.stages.map(\.name), "stage") }
            default: break
            }
        }
        if case .server(let source) = quantity { try check(source, threshold) }
        try checkTimes(threshold)
        let warnings = [
            modelWarning(quantity, condition), routeWarning(condition), reasonWarning(condition),
            arrivalWarning(condition),
        ]
        return warnings.compactMap(\.self)
    }

    private func check(
        _ filter: ThresholdCondition.Filter,
        _ known: [String],
        _ kind: String
    ) throws(ThresholdMistake) {
        guard !known.contains(filter.value) else { return }
        throw ThresholdMistake(
            "no \(kind) is called \(filter.value)" + ThresholdMistake.suggestion(for: filter.value, among: known),
            column: filter.column
        )
    }

    /// A hold must be longer than what of it is left out.
    private func checkTimes(_ threshold: Threshold) throws(ThresholdMistake) {
        let name = threshold.condition.value(of: ThresholdCatalogue.stageLabel)
        let stages = (plan?.stages ?? []).filter { name == nil || $0.name == name }
        guard let longest = stages.map(\.holdMicros).max(), longest > 0 else { return }
        let needed = threshold.afterMicros + (threshold.windowMicros ?? 1_000_000)
        guard needed > longest else { return }
        throw ThresholdMistake(
            "needs a hold of \(DurationText.text(micros: needed)), and the longest has "
                + "\(DurationText.text(micros: longest)): shorten window or after"
        )
    }

    private func modelWarning(_ quantity: ThresholdQuantity, _ condition: ThresholdCondition) -> String? {
        let asks = scenario.goals.contains { if case .prompt = $0.mode { true } else { false } }
        guard !asks, Self.namesOfModels.contains(condition.name) else { return nil }
        return
            "every goal is a script: no model is asked, so there is no \(condition.name), and it will be INCONCLUSIVE"
    }

    static let namesOfModels: Set<String> = [
        SeriesName.ttft.rawValue, SeriesName.attemptTTFT.rawValue, SeriesName.contentTTFT.rawValue,
        SeriesName.toolCall.rawValue, SeriesName.generation.rawValue, SeriesName.decisionTime.rawValue,
        SeriesName.clientShare.rawValue, SeriesName.serverQueue.rawValue, SeriesName.serverPrompt.rawValue,
        SeriesName.serverCompletion.rawValue, CounterName.decisions.rawValue, CounterName.tokensIn.rawValue,
        CounterName.tokensOut.rawValue, CounterName.tokensCached.rawValue, CounterName.tokensCacheWrite.rawValue,
        CounterName.tokensReasoning.rawValue, CounterName.tokensEstimated.rawValue,
        CounterName.simulationErrors.rawValue, CounterFamily.decisionErrors.name,
    ]

    /// Where agents work back to back nothing arrives.
    private func arrivalWarning(_ condition: ThresholdCondition) -> String? {
        let names = [
            SeriesName.lateness.rawValue, CounterName.sessionsDue.rawValue, CounterName.sessionsLate.rawValue,
        ]
        guard let plan, plan.stages.allSatisfy({ $0.arrivals == nil }), names.contains(condition.name) else {
            return nil
        }
        return
            "no stage has `sessions`: none arrives, so there is no \(condition.name), and it will be INCONCLUSIVE"
    }

    /// A model may call what no endpoint says; a script goes only where it says.
    private func routeWarning(_ condition: ThresholdCondition) -> String? {
        guard let route = condition.value(of: "route") else { return nil }
        let known = scenario.routeNames
        guard !known.contains(route), route != WindowTally.otherLabel else { return nil }
        return "no endpoint or step is called \(route)" + ThresholdMistake.suggestion(for: route, among: known)
    }

    private func reasonWarning(_ condition: ThresholdCondition) -> String? {
        guard let reason = condition.value(of: "reason"),
            [CounterFamily.sessionsFailed.name, CounterFamily.sessionFailures.name].contains(condition.name),
            !Party.allCases.contains(where: { reason.hasPrefix($0.rawValue + "_") })
        else { return nil }
        return "reasons begin with their party, such as target_5xx; for all of one party write party=\(reason)"
    }
}
