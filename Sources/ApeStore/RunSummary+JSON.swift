import ApeCore
import ApeRun

extension RunSummary {
    /// The run as a JSON object.
    ///
    /// - Parameter isRunning: whether a coordinator is at work on it.
    /// - Returns: the object, as `ape-test history --json` lists it.
    package func json(isRunning: Bool) -> JSONValue {
        let outcomeName = outcome?.name ?? (isRunning ? "running" : "unfinished")
        let reason = outcome?.message
        return [
            "run": .string(id), "scenario": .string(scenarioName), "is_demo": .bool(isDemo),
            "start_time": .string(Timestamp.text(micros: createdMicros)),
            "end_time": endedMicros.map { .string(Timestamp.text(micros: $0)) } ?? .null,
            "agents": .integer(Int64(agents)), "workers": .integer(Int64(workers)),
            "outcome": .string(outcomeName), "outcome_reason": reason.map { .string($0) } ?? .null,
            "status": status.map { .string($0) } ?? .null,
            "exit_code": exitCode.map { .integer($0) } ?? .null,
            "capacity": capacity ?? .null,
            "report": report.map { .string($0) } ?? .null,
            "thresholds": .array(thresholds.map(\.json)),
            "targets": .array(
                verdicts.map {
                    [
                        "key": .string($0.key.rawValue), "status": .string($0.status),
                        "target_value": .number($0.target),
                        "measured_value": $0.measured.map { .number($0) } ?? .null,
                    ]
                }
            ),
        ]
    }
}
