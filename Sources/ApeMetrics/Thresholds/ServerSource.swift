import ApeCore

/// The figure of a server that a threshold reads.
package struct ServerSource: Sendable, Equatable {
    /// nil where the scenario has one server only.
    package var server: String?
    /// As ``ServerFigure/series`` has it.
    package var series: String
    private let limit: ThresholdCondition.Limit

    static let labels = ["name", "series"]

    /// - Throws: ``ThresholdMistake`` for a label, a series or a unit that cannot be.
    init(_ condition: ThresholdCondition) throws(ThresholdMistake) {
        let known = Self.labels + [ThresholdCatalogue.stageLabel]
        for filter in condition.filters where !known.contains(filter.label) {
            throw ThresholdMistake(
                "a server's figure has no label \(filter.label)"
                    + ThresholdMistake.suggestion(for: filter.label, among: known),
                column: filter.column
            )
        }
        guard condition.statistic.isDuration else {
            throw ThresholdMistake(
                "a server's figure is seen at moments: ask its mean, min, max or p95; counters are rates already",
                column: condition.nameColumn
            )
        }
        guard let filter = condition.filters.first(where: { $0.label == "series" }) else {
            throw ThresholdMistake(
                "name the series, such as server{name=vllm, series=vllm:num_requests_waiting}",
                column: condition.nameColumn
            )
        }
        do throws(ApeError) {
            series = try SeriesSelector(filter.value).text
        } catch {
            throw ThresholdMistake("the series " + error.message, column: filter.column)
        }
        server = condition.value(of: "name")
        limit = condition.limit
        try checkUnit(column: filter.column)
    }

    /// A limit without its unit, or with another, would be held against something else than the reader thinks.
    private func checkUnit(column: Int) throws(ThresholdMistake) {
        let name = series.prefix { $0 != "{" }
        let counts = ["_total", "_count", "_sum", "_bucket"].contains { name.hasSuffix($0) }
        let unit = ServerUnit(of: series, counts ? .rate : .gauge)
        let (fits, form) =
            switch (unit, limit) {
            case (.seconds, .duration), (.number, _): (true, "")
            case (.seconds, _): (false, "a time: write a limit such as 500ms")
            case (.bytes, .bytes), (.bytes, .number), (.bytesPerSecond, .bytes), (.bytesPerSecond, .number): (true, "")
            case (.bytes, _), (.bytesPerSecond, _): (false, "a size: write a limit such as 4GiB")
            case (.ratio, .percent), (.percent, .percent): (true, "")
            case (.ratio, .number(let value)): (value <= 1, "0 to 1: write a limit such as 0.9 or 90%")
            case (.percent, .number): (true, "")
            case (.ratio, _), (.percent, _): (false, "a share: write a limit such as 90%")
            case (.perSecond, .perSecond), (.perSecond, .perMinute), (.perSecond, .perHour), (.perSecond, .number):
                (true, "")
            case (.perSecond, _): (false, "a rate: write a limit such as 20/s")
            case (.secondsPerSecond, .number), (.secondsPerSecond, .percent): (true, "")
            case (.secondsPerSecond, _): (false, "seconds in a second, so many CPUs: write a limit such as 1.5")
            }
        if !fits { throw ThresholdMistake("\(series) is " + form, column: column) }
    }

    /// Whether a figure of a server is the one that is asked for.
    package func takes(_ figure: ServerFigure, of server: String) -> Bool {
        figure.series == series && (self.server.map { $0 == server } ?? true)
    }

    /// A figure in the limit's unit.
    package func value(of figure: ServerFigure) -> Double {
        switch limit {
        case .percent where figure.unit != .percent: 100 * figure.value
        case .perMinute: 60 * figure.value
        case .perHour: 3_600 * figure.value
        case .percent, .perSecond, .bytes, .duration, .number: figure.value
        }
    }
}

extension ThresholdCheck {
    /// Holds a threshold on a server's figure against the servers that are asked.
    func check(_ source: ServerSource, _ threshold: Threshold) throws(ThresholdMistake) {
        let condition = threshold.condition
        let names = scenario.scrape.map(\.name)
        guard let first = scenario.scrape.first else {
            throw ThresholdMistake("no server is asked: name it under `scrape`", column: condition.nameColumn)
        }
        let filter = condition.filters.first { $0.label == "name" }
        if filter == nil, names.count > 1 {
            throw ThresholdMistake(
                "say which server: server{name=\(first.name), ...}; known are \(names.joined(separator: ", "))",
                column: condition.nameColumn
            )
        }
        guard let target = scenario.scrape.first(where: { $0.name == source.server ?? first.name }) else {
            throw ThresholdMistake(
                "no server is called \(source.server ?? "")"
                    + ThresholdMistake.suggestion(for: source.server ?? "", among: names),
                column: filter?.column
            )
        }
        try check(source, of: target, condition)
        if let window = threshold.windowMicros, window < target.everyMicros {
            throw ThresholdMistake(
                "\(target.name) is asked every \(DurationText.text(micros: target.everyMicros)): a window cannot be shorter"
            )
        }
    }

    /// Where the scenario does not say what is taken, the server does, and nothing can be said before the run.
    private func check(
        _ source: ServerSource,
        of target: ScrapeTarget,
        _ condition: ThresholdCondition
    ) throws(ThresholdMistake) {
        guard !target.series.isEmpty else { return }
        // A histogram has its count beside its mean.
        let known = target.series.map(\.text)
        let base = source.series.replacing("_count", with: "")
        guard !known.contains(source.series), !known.contains(base) else { return }
        throw ThresholdMistake(
            "\(target.name) is not asked for \(source.series)"
                + ThresholdMistake.suggestion(for: source.series, among: known) + "; add it to its `series`",
            column: condition.filters.first { $0.label == "series" }?.column
        )
    }
}
