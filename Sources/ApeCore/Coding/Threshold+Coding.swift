extension Threshold: ScenarioMap {
    static let section = "thresholds[]"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "when",
            \.condition,
            .condition,
            demand: "the condition, such as p95(ttft) < 2s",
            "the condition"
        ),
        ScenarioSetting(
            "window",
            \.windowMicros,
            .wholeSeconds(windowSeconds),
            usual: "the whole hold",
            "every such stretch of a hold is judged"
        ),
        ScenarioSetting(
            "after",
            \.afterMicros,
            .wholeSeconds(afterSeconds),
            "how much of a hold's beginning is left out"
        ),
        ScenarioSetting("abort", \.aborts, .flag, "whether the run ends as soon as it fails"),
    ]

    /// One of which nothing is given yet.
    static var unset: Threshold {
        Threshold(
            ThresholdCondition(
                text: "",
                statistic: .count,
                name: "",
                nameColumn: 1,
                filters: [],
                comparison: .below,
                limit: .number(0)
            )
        )
    }
}

extension ScenarioCodec<ThresholdCondition> {
    fileprivate static var condition: Self {
        Self(
            type: "condition",
            limits: "\(Threshold.maximumBytes) bytes",
            read: { $0.condition($1) },
            write: { .string($0.text) }
        )
    }
}

extension ScenarioDecoder {
    /// Reads a list of conditions, each as a text or as a map with what else is said of it.
    mutating func thresholds(_ field: ScenarioField) -> [Threshold] {
        var thresholds: [Threshold] = []
        for item in items(field, atMost: Threshold.maximumNumber) {
            guard var threshold = threshold(item) else { continue }
            threshold.place = item.node.location
            if thresholds.contains(where: { $0.text == threshold.text }) { problem("stands twice", at: item) }
            thresholds.append(threshold)
        }
        return thresholds
    }

    private mutating func threshold(_ item: ScenarioField) -> Threshold? {
        guard case .map = item.node.content else {
            return reading(item) { text throws(ThresholdMistake) in try Threshold(text) }
        }
        var threshold = Threshold.unset
        return read(item, into: &threshold) && !threshold.condition.name.isEmpty ? threshold : nil
    }

    mutating func condition(_ field: ScenarioField) -> ThresholdCondition? {
        reading(field) { text throws(ThresholdMistake) in try ThresholdCondition(text) }
    }

    private mutating func reading<Value>(
        _ field: ScenarioField,
        _ read: (String) throws(ThresholdMistake) -> Value
    ) -> Value? {
        guard let text = word(field, atMost: Threshold.maximumBytes) else { return nil }
        do throws(ThresholdMistake) {
            return try read(text)
        } catch {
            problem(error.description, at: field)
            return nil
        }
    }
}
