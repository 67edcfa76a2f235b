import ApeCore
import ApeMetrics
import ApeRun

extension SeriesRow {
    /// Durations in seconds.
    var json: JSONValue {
        [
            "count": .integer(count), "sum_seconds": .seconds(sumMicros), "mean_seconds": .seconds(meanMicros),
            "min_seconds": .seconds(minMicros), "p50_seconds": .seconds(p50Micros),
            "p90_seconds": .seconds(p90Micros), "p95_seconds": .seconds(p95Micros),
            "p99_seconds": .seconds(p99Micros), "p99_9_seconds": .seconds(p999Micros),
            "max_seconds": .seconds(maxMicros),
        ]
    }
}

extension Measures {
    /// Every series by name; those of single labels only where asked for.
    package func seriesPart(labelled: Bool) -> JSONValue {
        var object = JSONObject()
        let names = series.keys.map(\.rawValue).sorted()
        for name in names where labelled || SeriesName(rawValue: name).labelValue == nil {
            object[name] = SeriesRow(self[SeriesName(rawValue: name)]).json
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

    var failuresPart: JSONValue {
        var families = JSONObject()
        for family in Party.allCases { families[family.rawValue] = [:] }
        for (reason, number) in sortedReasons(of: .sessionsFailed) {
            let family = Party(reason: reason).rawValue
            var reasons = families[family]?.object ?? [:]
            reasons[reason] = .integer(number)
            families[family] = .object(reasons)
        }
        return [
            "sessions": .object(families), "decisions": reasonsPart(of: .decisionErrors),
            "actions": reasonsPart(of: .actions), "by_route": .array(routeFailures.map(\.json)),
            "sessions_unfinished": .integer(self[CounterName.sessionsUnfinished]),
        ]
    }

    private func reasonsPart(of family: CounterFamily) -> JSONValue {
        var object = JSONObject()
        for (reason, number) in sortedReasons(of: family) { object[reason] = .integer(number) }
        return .object(object)
    }
}
