import ApeCore
import ApeMetrics
import ApeRun

/// Sessions that are kept step by step, which stand for the others.
extension RunReport {
    var exemplarsPart: [JSONValue] { ledger.exemplars.shown.map(exemplarPart) }
    var successesPart: [JSONValue] { ledger.exemplars.shownGood.map(exemplarPart) }

    private func exemplarPart(_ exemplar: ExemplarSession) -> JSONValue {
        let session = exemplar.session
        return [
            "kind": exemplar.hasSucceeded ? "succeeded" : "failed",
            "trace_id": exemplar.traceID.map { .string($0) } ?? .null,
            "worker": .string(workerName(exemplar.worker)),
            "agent": exemplar.agent.map { .integer(Int64($0)) } ?? .null,
            "goal": .string(session.goal),
            "reason": exemplar.hasSucceeded ? .null : .string(exemplar.reason),
            "family": exemplar.hasSucceeded ? .null : .string(Party(reason: exemplar.reason).rawValue),
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
            "span_id": step.spanID == 0 ? .null : .string(Hexadecimal.text(of: step.spanID)),
            "decision": step.decision.map(decisionPart) ?? .null,
        ]
    }

    private func decisionPart(_ decision: SessionTrace.Step.Decision) -> JSONValue {
        [
            "first_token_seconds": decision.firstTokenMicros.map { .seconds($0) } ?? .null,
            "tokens_in": .integer(decision.tokensIn), "tokens_out": .integer(decision.tokensOut),
            "tokens_cached": .integer(decision.tokensCached), "tokens_estimated": .bool(decision.isEstimate),
        ]
    }
}
