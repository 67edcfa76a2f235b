import ApeCore
import ApeMetrics
import ApeRun

/// What a report's file carries of the errors behind its figures, so that the run can be a base for comparisons where
/// its database is not at hand.
extension RunReport {
    /// The run as it is compared.
    package var comparable: ComparableRun {
        ComparableRun(
            id: run.id,
            scenarioName: run.scenarioName,
            startMicros: run.startMicros,
            origin: seal.origin,
            ledger,
            verdict
        )
    }

    /// Estimates of all means, and the distributions of gap and TTFT.
    var comparisonPart: JSONValue {
        let comparable = comparable
        var kpis = JSONObject()
        for key in KPIKey.allCases {
            if let estimate = comparable.kpis[key]?.estimate { kpis[key.rawValue] = estimate.json }
        }
        var series = JSONObject()
        for name in [SeriesName.gap, .ttft].map(\.rawValue) {
            guard let figures = comparable.series[name], let histogram = figures.histogram else { continue }
            series[name] = [
                "count": .integer(histogram.count), "sum_us": .integer(histogram.sumMicros),
                "min_us": .integer(histogram.minMicros), "max_us": .integer(histogram.maxMicros),
                "buckets": .string(histogram.buckets.map { "\($0.index):\($0.count)" }.joined(separator: " ")),
                "estimate": figures.estimate?.json ?? .null,
            ]
        }
        let stages = comparable.stages.map { stage -> JSONValue in
            [
                "name": .string(stage.name), "agents": .integer(Int64(stage.agents)),
                "gap": stage.gap?.json ?? .null, "ttft": stage.ttft?.json ?? .null,
            ]
        }
        return ["kpis": .object(kpis), "series": .object(series), "stages": .array(stages)]
    }
}

extension BatchMeans.Estimate {
    fileprivate var json: JSONValue {
        [
            "mean": .number(mean),
            "parts": .array(
                parts.map { part in
                    [
                        "variance": .number(part.variance), "degrees": .number(part.degrees),
                        "skewness": .number(part.skewness), "batch_seconds": .integer(Int64(part.batchSeconds)),
                        "correlated": .bool(part.isCorrelated),
                    ]
                }
            ),
        ]
    }

    fileprivate init?(_ json: JSONValue?) {
        guard let mean = json?["mean"]?.number, let list = json?["parts"]?.array else { return nil }
        let parts = list.compactMap { part -> Part? in
            guard let variance = part["variance"]?.number, let degrees = part["degrees"]?.number, variance >= 0,
                degrees >= 1
            else { return nil }
            return Part(
                variance: variance,
                degrees: degrees,
                skewness: part["skewness"]?.number ?? 0,
                batchSeconds: Int(clamping: part["batch_seconds"]?.integer ?? 1),
                isCorrelated: part["correlated"]?.bool ?? false
            )
        }
        guard parts.count == list.count, !parts.isEmpty else { return nil }
        self.init(mean: mean, parts: parts)
    }
}

extension ComparableRun {
    /// Reads a report's file.
    ///
    /// - Parameters:
    ///   - json: the report.
    ///   - path: its path, for messages.
    /// - Throws: ``ApeError`` of code `usage` for what is no report.
    package init(report json: JSONValue, path: String) throws(ApeError) {
        guard let id = json["run"]?["id"]?.string, let results = json["all_validation_results"]?.array else {
            throw ApeError(.usage, "\(path) is no validation report of APE: give one that was written with --output")
        }
        let start = json["run"]?["start_time"]?.string.flatMap(Timestamp.micros) ?? 0
        self.init(
            id: id,
            scenarioName: json["run"]?["scenario"]?.string ?? "",
            startMicros: start,
            origin: RunOrigin(seal: json["seal"])
        )
        let basis = json["comparison_basis"]
        readCounters(json)
        for result in results {
            guard let key = result["key"]?.string.flatMap(KPIKey.init(rawValue:)),
                let value = result["measured_value"]?.number
            else { continue }
            kpis[key] = KPI(
                target: KPITarget(key, override: result["target"]?["target_value"]?.number),
                value: value,
                isInconclusive: result["status"]?.string == Verdict.Status.inconclusive.rawValue,
                estimate: BatchMeans.Estimate(basis?["kpis"]?[key.rawValue]),
                share: key.measure == .successfulSessions ? Share(percent: value, result["details"]?["samples"]) : nil
            )
        }
        thresholds = (json["thresholds"]?.array ?? []).compactMap(ThresholdFigures.init)
        capacity = ComparableRun.CapacityFigures(json["capacity"])
        stages = (basis?["stages"]?.array ?? []).compactMap { stage in
            guard let name = stage["name"]?.string, let agents = stage["agents"]?.integer else { return nil }
            return StageFigures(
                name: name,
                agents: Int(clamping: agents),
                gap: BatchMeans.Estimate(stage["gap"]),
                ttft: BatchMeans.Estimate(stage["ttft"])
            )
        }
        let held = json["series"]?["hold"]
        for name in Self.seriesNames.map(\.rawValue) {
            guard let figures = SeriesFigures(held?[name], basis: basis?["series"]?[name]) else { continue }
            series[name] = figures
        }
        for route in json["routes"]?.array ?? [] {
            guard let name = route["route"]?.string, let figures = SeriesFigures(route, basis: nil) else { continue }
            routes[name] = figures
        }
    }

    private mutating func readCounters(_ json: JSONValue) {
        let counters = json["counters"]?["hold"]
        func sum(_ values: JSONObject?) -> Int64 {
            (values ?? [:]).reduce(0) { $0.addingClamped($1.value.integer ?? 0) }
        }
        func counts(_ values: JSONObject?) -> [String: Int64] {
            (values ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.integer }
        }
        let named = json["failures"]
        var sessions: [String: Int64] = [:]
        for family in named?["sessions"]?.object ?? [:] {
            sessions.merge(counts(family.value.object)) { $0.addingClamped($1) }
        }
        let actions = named?["actions"]?.object
        failures["sessions"] = sessions
        failures["decisions"] = counts(named?["decisions"]?.object)
        failures["actions"] = counts(actions).filter { ActionStatus(rawValue: $0.key)?.isFailure ?? true }
        trials["sessions"] = sessions.values.reduce(
            counters?[CounterName.sessionsSucceeded.rawValue]?.integer ?? 0
        ) { $0.addingClamped($1) }
        let decisions = counters?[CounterName.decisions.rawValue]?.integer ?? 0
        trials["decisions"] = decisions.addingClamped(sum(named?["decisions"]?.object))
        trials["actions"] = sum(actions)
        for route in json["routes"]?.array ?? [] {
            if let name = route["route"]?.string { trials[name] = route["requests"]?.integer }
        }
        for failure in named?["by_route"]?.array ?? [] {
            guard let route = failure["route"]?.string, let status = failure["status"]?.string,
                failure["rate"]?.number != nil
            else { continue }
            failures[route, default: [:]][status] = failure["count"]?.integer
        }
    }
}

extension ComparableRun.ThresholdFigures {
    fileprivate init?(_ json: JSONValue) {
        guard let text = json["threshold"]?.string, let unit = json["unit"]?.string,
            let comparison = json["operator"]?.string.flatMap(ThresholdCondition.Comparison.init(rawValue:)),
            let value = json["measured_value"]?.number
        else { return nil }
        let ends = json["confidence_interval_95"]
        var interval: Interval?
        if let low = ends?["low"]?.number, let high = ends?["high"]?.number {
            interval = Interval(low: low, high: high)
        }
        self.init(
            text: text,
            unit: unit,
            lowerIsBetter: comparison.isUpper,
            value: value,
            interval: interval,
            isInconclusive: json["status"]?.string == Verdict.Status.inconclusive.rawValue
        )
    }
}

extension ComparableRun.Share {
    /// What is compared is what is shown: a percentage of so many samples.
    fileprivate init?(percent: Double, _ samples: JSONValue?) {
        guard let samples = samples?.integer, samples > 0, percent.isFinite else { return nil }
        let count = (min(100, max(0, percent)) / 100 * Double(samples)).rounded()
        self.init(count: Int64(saturating: count), trials: samples)
    }
}

extension ComparableRun.SeriesFigures {
    fileprivate init?(_ json: JSONValue?, basis: JSONValue?) {
        guard let json, let count = json["count"]?.integer, count > 0 else { return nil }
        if let histogram = basis.flatMap(Histogram.init(basis:)) {
            self.init(histogram, estimate: BatchMeans.Estimate(basis?["estimate"]))
            return
        }
        self.init(count: count, mean: json["mean_seconds"]?.number, percentiles: [:])
        for percent in Self.percents { percentiles[percent] = json["p\(percent)_seconds"]?.number }
    }
}

extension Histogram {
    fileprivate init?(basis: JSONValue) {
        guard let count = basis["count"]?.integer, let sum = basis["sum_us"]?.integer,
            let least = basis["min_us"]?.integer, let greatest = basis["max_us"]?.integer,
            let text = basis["buckets"]?.string
        else { return nil }
        let pairs = text.split(separator: " ").map { $0.split(separator: ":") }
        let buckets = pairs.compactMap { pair -> Histogram.Bucket? in
            guard pair.count == 2, let index = Int32(pair[0]), let number = Int64(pair[1]) else { return nil }
            return Histogram.Bucket(index: index, count: number)
        }
        guard buckets.count == pairs.count else { return nil }
        self.init(count: count, sumMicros: sum, minMicros: least, maxMicros: greatest, buckets: buckets)
    }
}
