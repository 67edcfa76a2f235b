import ApeCore
import ApeMetrics
import ApeRun

/// Failed sessions that stand for the others.
extension RunReport {
    var exemplarsPart: [JSONValue] { ledger.exemplars.shown.map(exemplarPart) }

    private func exemplarPart(_ exemplar: ExemplarSession) -> JSONValue {
        let session = exemplar.session
        return [
            "trace_id": exemplar.traceID.map { .string($0) } ?? .null,
            "worker": .string(workerName(exemplar.worker)),
            "agent": exemplar.agent.map { .integer(Int64($0)) } ?? .null,
            "goal": .string(session.goal),
            "reason": .string(exemplar.reason),
            "family": .string(Party(reason: exemplar.reason).rawValue),
            "message": .string(exemplar.message),
            "start_time": time(session.startMicros),
            "duration_seconds": .seconds(session.durationMicros),
            "failed_check": session.failedCheck.map { ["name": .string($0.name), "reason": .string($0.reason)] }
                ?? .null,
            "steps": .array(session.steps.map(stepPart)),
            "steps_left_out": .integer(session.stepsLeftOut),
        ]
    }

    private func stepPart(_ step: SessionTrace.Step) -> JSONValue {
        [
            "offset_seconds": .seconds(step.offsetMicros), "duration_seconds": .seconds(step.durationMicros),
            "what": .string(step.what), "status": step.status.map { .integer(Int64($0)) } ?? .null,
            "error": step.error.map { .string($0) } ?? .null, "attempts": .integer(Int64(step.attempts)),
        ]
    }
}
