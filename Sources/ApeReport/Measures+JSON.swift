import ApeCore
import ApeMetrics
import ApeRun

extension Histogram {
    /// Count, exact mean and extremes, and percentiles of all samples; durations in seconds.
    package var json: JSONValue {
        [
            "count": .integer(count), "sum_seconds": .seconds(sumMicros), "mean_seconds": .seconds(meanMicros),
            "min_seconds": .seconds(isEmpty ? nil : minMicros), "p50_seconds": .seconds(percentile(50)),
            "p90_seconds": .seconds(percentile(90)), "p95_seconds": .seconds(percentile(95)),
            "p99_seconds": .seconds(percentile(99)), "p99_9_seconds": .seconds(percentile(99.9)),
            "max_seconds": .seconds(isEmpty ? nil : maxMicros),
        ]
    }
}

extension Measures {
    /// Every series by name; those of single labels only where asked for.
    package func seriesPart(labelled: Bool) -> JSONValue {
        var object = JSONObject()
        let names = series.keys.map(\.rawValue).sorted()
        for name in names where labelled || SeriesName(rawValue: name).labelValue == nil {
            object[name] = self[SeriesName(rawValue: name)].json
        }
        return .object(object)
    }

    package var countersPart: JSONValue {
        var object = JSONObject()
        for (name, number) in counters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            object[name.rawValue] = .integer(number)
        }
        return .object(object)
    }

    /// The target's routes, the one that took the most time in all first.
    var sortedRoutes: [(route: String, histogram: Histogram)] {
        let routes = series.filter { $0.key.value(in: .targetRoute) != nil }
        let sorted = routes.sorted {
            $0.value.sumMicros == $1.value.sumMicros
                ? $0.key.rawValue < $1.key.rawValue : $0.value.sumMicros > $1.value.sumMicros
        }
        return sorted.map { ($0.key.labelValue ?? "", $0.value) }
    }

    var failuresPart: JSONValue {
        var families = JSONObject()
        for family in FailureFamily.allCases { families[family.rawValue] = [:] }
        for (reason, number) in sortedReasons(of: .sessionsFailed) {
            let family = FailureFamily(reason: reason).rawValue
            var reasons = families[family]?.object ?? [:]
            reasons[reason] = .integer(number)
            families[family] = .object(reasons)
        }
        return [
            "sessions": .object(families), "decisions": reasonsPart(of: .decisionErrors),
            "actions": reasonsPart(of: .actions), "by_route": .array(routeFailuresPart),
            "sessions_unfinished": .integer(self[CounterName.sessionsUnfinished]),
        ]
    }

    private func reasonsPart(of family: CounterFamily) -> JSONValue {
        var object = JSONObject()
        for (reason, number) in sortedReasons(of: family) { object[reason] = .integer(number) }
        return .object(object)
    }
}
