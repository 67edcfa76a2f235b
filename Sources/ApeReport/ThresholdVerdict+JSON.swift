import ApeCore
import ApeMetrics
import ApeRun

extension ThresholdVerdict {
    /// The verdict; figures are in the limit's unit.
    ///
    /// - Parameter stages: the names of the plan's stages.
    /// - Returns: the verdict as `thresholds[]` of a report has it.
    package func json(stages: [String]) -> JSONValue {
        let condition = threshold.condition
        return [
            "threshold": .string(text), "condition": .string(condition.text), "status": .string(status.rawValue),
            "measured_value": measured.map { .number($0) } ?? .null,
            "limit_value": .number(condition.limit.value), "operator": .string(condition.comparison.rawValue),
            "unit": .string(condition.limit.unit),
            "confidence_interval_95": interval.map { ["low": .number($0.low), "high": .number($0.high)] } ?? .null,
            "marginal": .bool(isMarginal), "samples": .integer(samples),
            "window_seconds": threshold.windowMicros.map { .integer($0 / 1_000_000) } ?? .null,
            "after_seconds": .integer(threshold.afterMicros / 1_000_000),
            "abort": .bool(threshold.aborts), "ended_run": .bool(endedRun),
            "stretches": stretches.map { $0.json(stages) } ?? .null,
            "party": party.map { .string($0.rawValue) } ?? .null,
            "details": .string(details),
        ]
    }
}

extension ThresholdVerdict.Stretches {
    fileprivate func json(_ stages: [String]) -> JSONValue {
        [
            "judged": .integer(Int64(judged)), "failed": .integer(Int64(failed)),
            "worst_stage": stages.indices.contains(worstStage) ? .string(stages[worstStage]) : .null,
            "worst_start_time": .string(Timestamp.text(micros: worstStartMicros)),
        ]
    }
}
