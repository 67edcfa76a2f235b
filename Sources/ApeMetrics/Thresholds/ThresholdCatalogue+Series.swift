import ApeCore

extension ThresholdCatalogue {
    static func durations(_ condition: ThresholdCondition) throws(ThresholdMistake) -> ThresholdQuantity {
        if let quantity = try gapMean(condition) { return quantity }
        let name = SeriesName(rawValue: condition.name)
        switch name {
        case .target: return .durations(requests(condition))
        case .session:
            guard condition.value(of: "outcome") == "successful" else {
                return .durations(DurationSource(all: .series(.session), endless: .sessionUnanswered))
            }
            return .durations(DurationSource(all: .series(.sessionSuccessful)))
        default: break
        }
        guard let family = SeriesFamily.all.first(where: { $0.name == condition.name }) else {
            return .durations(DurationSource(all: .series(name)))
        }
        return .durations(DurationSource(all: .family(family, condition.value(of: family.label.rawValue))))
    }

    /// Requests to targets.
    ///
    /// Latencies of a route are shown over all answers and over those that were as they should be; thresholds and diagnosis
    /// take the latter, so that fast errors flatter nobody. A failure that took longer than the limit counts all the same.
    private static func requests(_ condition: ThresholdCondition) -> DurationSource {
        let route = condition.value(of: "route")
        switch condition.value(of: "outcome") {
        case "all": return DurationSource(all: .family(.targetRoute, route))
        case "failed": return DurationSource(all: .family(.failedRoute, route))
        default: return DurationSource(all: .family(.targetRoute, route), failed: .family(.failedRoute, route))
        }
    }

    /// The mean gap, or a part of it, of one goal or route; nil where neither is asked for.
    private static func gapMean(_ condition: ThresholdCondition) throws(ThresholdMistake) -> ThresholdQuantity? {
        let labels = GapLabel.allCases.filter { condition.value(of: $0.rawValue) != nil }
        guard let part = GapBreakdown.Part.of(series: condition.name),
            let label = labels.first, let value = condition.value(of: label.rawValue)
        else { return nil }
        guard labels.count == 1, condition.statistic == .mean else {
            throw ThresholdMistake(
                "of one goal or one route \(condition.name) has a mean only",
                column: condition.filters.first?.column
            )
        }
        var sum = NumberSource()
        sum.terms = part.map { .family(label.family($0), value) }
        if part.isEmpty { sum.terms = [.family(label.gapFamily, value)] }
        return .mean(sum: sum, number: NumberSource(.family(label.gapsFamily, value)))
    }
}

extension GapBreakdown.Part {
    /// The parts of a gap that a series stands for: none for the gap itself; nil for a series that is no part of gaps.
    static func of(series name: String) -> [Self]? {
        switch SeriesName(rawValue: name) {
        case .gap: []
        case .decision: [.firstToken, .generation]
        case .decisionFirstToken: [.firstToken]
        case .decisionGeneration: [.generation]
        case .think: [.think]
        case .retryWait: [.retryWait]
        case .overhead: [.overhead]
        default: nil
        }
    }
}
