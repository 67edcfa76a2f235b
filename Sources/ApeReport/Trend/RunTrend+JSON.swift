import ApeCore
import ApeRun

extension RunTrend {
    /// The whole trend; durations in seconds, shares in percent.
    package var json: JSONValue {
        [
            "scenario": .string(scenarioName), "significance_level": .number(SignificanceTests.level),
            "comparisons": .integer(Int64(tests)),
            "runs": .array(
                runs.map { run in
                    [
                        "run": .string(run.id), "start_time": .string(Timestamp.text(micros: run.startMicros)),
                        "state": .string(run.state), "gap": run.gap.map { .string($0) } ?? .null,
                        "breaks": .array(run.breaks.map { .string($0) }),
                    ]
                }
            ),
            "lines": .array(
                lines.map { line in
                    [
                        "name": .string(line.name), "title": .string(line.title), "demand": .string(line.demand),
                        "points": .array(line.points.map { $0?.json ?? .null }),
                    ]
                }
            ),
        ]
    }
}

extension RunTrend.Point {
    fileprivate var json: JSONValue {
        [
            "value": .number(value), "confidence_interval_95": interval?.json ?? .null,
            "inconclusive": .bool(isInconclusive), "compared_with": base.map { .number($0) } ?? .null,
            "probability": probability.map { .number($0) } ?? .null,
            "change": change.map { .string($0.rawValue) } ?? .null,
        ]
    }
}
