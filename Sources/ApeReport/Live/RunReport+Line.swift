import ApeAnalysis
import ApeCore
import ApeRun

extension RunReport {
    /// The verdict as the last line of a run that is watched by a program.
    ///
    /// - Parameter files: the reports that were written.
    /// - Returns: an object of type `verdict`.
    package func verdictLine(_ files: ReportOutputs.Files) -> JSONValue {
        [
            "type": "verdict", "run": .string(run.id), "status": .string(verdict.status.rawValue),
            "headline": .string(headline), "exit_code": .integer(Int64(exitCode.rawValue)),
            "sentence": .string(exitSentence),
            "conditions": .array(
                conditions.map { condition in
                    [
                        "name": .string(condition.name), "status": .string(condition.status.rawValue),
                        "measured": condition.measured.map { .number($0) } ?? .null, "unit": .string(condition.unit),
                        "critical": .bool(condition.isCritical), "marginal": .bool(condition.isMarginal),
                    ]
                }
            ),
            "finding": analysis.recommendations.first.map { .string($0.description) } ?? .null,
            "reports": .array(
                files.written.map { ["name": .string($0.name), "path": .string($0.path)] }
            ),
        ]
    }
}
