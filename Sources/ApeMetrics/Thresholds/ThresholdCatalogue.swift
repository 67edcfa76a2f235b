import ApeCore

/// What a threshold may ask of: every series and counter of the wire contract, with the labels that narrow it.
package enum ThresholdCatalogue {
    /// A stage's name narrows every figure.
    package static let stageLabel = "stage"

    /// The names of series.
    static let seriesNames: [String] = (SeriesName.all.map(\.rawValue) + SeriesFamily.all.map(\.name)).uniqued

    /// The names of counters, labels left out.
    static let counterNames: [String] =
        (CounterName.all.map(\.rawValue) + families.map(\.name)).uniqued

    private static let families = CounterFamily.all + GapLabel.allCases.flatMap(\.families)

    /// The labels that narrow a figure, but for ``stageLabel``.
    static func labels(of name: String) -> [String] {
        switch name {
        case SeriesName.target.rawValue: return ["route", "outcome"]
        case SeriesName.session.rawValue: return ["outcome"]
        case CounterName.sessionsSucceeded.rawValue, CounterName.sessionsSuccessfulStateful.rawValue: return ["goal"]
        case CounterFamily.sessionsFailed.name, CounterFamily.sessionFailures.name:
            return ["reason", "party", "status", "route", "goal"]
        case CounterFamily.routeErrors.name: return ["route", "status", "reason", "party"]
        default: break
        }
        if GapBreakdown.Part.of(series: name) != nil { return GapLabel.allCases.map(\.rawValue) }
        let label = SeriesFamily.all.first { $0.name == name }?.label ?? families.first { $0.name == name }?.label
        return label.map { [$0.rawValue] } ?? []
    }

    /// What a condition reads.
    ///
    /// - Throws: ``ThresholdMistake`` for a name, a label or a label's value that is not in the contract, or a statistic that
    ///   its kind does not have.
    package static func quantity(of condition: ThresholdCondition) throws(ThresholdMistake) -> ThresholdQuantity {
        if condition.name == ThresholdCondition.serverName { return .server(try ServerSource(condition)) }
        let (name, isSeries) = (condition.name, seriesNames.contains(condition.name))
        guard isSeries || counterNames.contains(name) else {
            throw ThresholdMistake(
                "no series or counter is called \(name)"
                    + ThresholdMistake.suggestion(
                        for: name,
                        among: seriesNames + counterNames + [ThresholdCondition.serverName]
                    ),
                column: condition.nameColumn
            )
        }
        guard isSeries == condition.statistic.isDuration else {
            let way = isSeries ? "a series: ask its mean, min, max or p95" : "a counter: ask its count, rate or share"
            throw ThresholdMistake("\(name) is \(way)", column: condition.nameColumn)
        }
        let known = labels(of: name) + [stageLabel]
        for filter in condition.filters where !known.contains(filter.label) {
            throw ThresholdMistake(
                "\(name) has no label \(filter.label)"
                    + ThresholdMistake.suggestion(for: filter.label, among: known),
                column: filter.column
            )
        }
        try checkValues(condition)
        return isSeries ? try durations(condition) : try number(condition)
    }

    /// Holds the values of labels whose words are fixed against these.
    private static func checkValues(_ condition: ThresholdCondition) throws(ThresholdMistake) {
        for filter in condition.filters {
            let words: [String]
            switch filter.label {
            case "party": words = Party.allCases.map(\.rawValue)
            case "part": words = AgentActivity.allCases.map(\.rawValue)
            case "outcome":
                words = condition.name == SeriesName.session.rawValue ? ["all", "successful"] : Self.outcomes
            case "status" where condition.name == CounterFamily.actions.name:
                words = ActionStatus.allCases.map(\.rawValue)
            default: continue
            }
            guard !words.contains(filter.value) else { continue }
            let exact =
                Int(filter.value) != nil ? "; one status is counted in route_errors{status=\(filter.value)}" : nil
            throw ThresholdMistake(
                "\(condition.name) has no \(filter.label) \(filter.value)"
                    + (exact ?? ThresholdMistake.suggestion(for: filter.value, among: words)),
                column: filter.column
            )
        }
    }

    /// How requests to a target are told apart.
    static let outcomes = ["good", "failed", "all"]
}

extension ThresholdCatalogue {
    /// Who is answerable for a figure, where it is of one party alone; nil otherwise.
    package static func party(of condition: ThresholdCondition) -> Party? {
        if let party = condition.value(of: "party") { return Party(rawValue: party) }
        if let reason = condition.value(of: "reason"), condition.name == CounterFamily.sessionsFailed.name {
            return Party(reason: reason)
        }
        if ThresholdCheck.namesOfModels.contains(condition.name) { return .inference }
        let prefixes = [SeriesName.target.rawValue, "route_", CounterFamily.actions.name, SeriesFamily.firstEvent.name]
        return prefixes.contains { condition.name.hasPrefix($0) } ? .target : nil
    }
}
