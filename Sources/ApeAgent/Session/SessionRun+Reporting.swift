import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// What a session reports of itself.
extension SessionRun {
    /// The session step by step, once it has ended.
    func trace(durationMicros: Int64) -> SessionTrace {
        let check = machine.evaluator.failedCheck
        return SessionTrace(
            goal: goal,
            durationMicros: durationMicros,
            failedCheck: check.map { .init(name: $0.name, reason: masked($0.reason)) },
            steps: steps.steps,
            stepsLeftOut: steps.leftOut
        )
    }

    /// A text without what the session received, and without what proves who asks: models and endpoints repeat both.
    func masked(_ text: String) -> String {
        machine.state.masked(text, with: runner.prepared.mask)
    }

    func reportInvalidCalls() {
        guard !machine.newInvalidCalls.isEmpty else { return }
        let calls = machine.newInvalidCalls
        machine.newInvalidCalls = []
        runner.recorder.record { $0.add(.simulationErrors, Int64(calls.count)) }
        for call in calls {
            runner.onEvent(
                WorkerEvent(
                    run: runner.prepared.run,
                    level: .info,
                    code: "simulation_invalid_call",
                    message: masked(call.message),
                    agent: agent,
                    traceID: traceID
                )
            )
        }
    }
}

extension DecisionOutcome {
    /// The decision as a step of a session that began at `start`.
    func step(since start: Int64) -> SessionTrace.Step {
        var step = SessionTrace.Step(
            offsetMicros: startedMicros - start,
            durationMicros: decisionMicros,
            what: SessionTrace.Step.decision,
            attempts: faults.count,
            spanID: spanID,
            decision: .init(
                firstTokenMicros: firstTokenMicros.map { $0 - startedMicros },
                tokensIn: usage?.prompt ?? 0,
                tokensOut: usage?.completion ?? 0,
                tokensCached: usage?.cached ?? 0,
                isEstimate: estimatedTokens > 0
            )
        )
        switch result {
        case .success: step.attempts += 1
        case .failure(let fault):
            if case .status(let status) = fault.kind {
                step.status = status
            } else {
                step.error = fault.counted.rawValue
            }
        }
        return step
    }
}

extension TargetOutcome {
    /// The request as a step of a session that began at `start`.
    func step(_ planned: PlannedRequest, since start: Int64) -> SessionTrace.Step {
        var step = SessionTrace.Step(
            offsetMicros: startedMicros - start,
            durationMicros: endedMicros - startedMicros,
            what: planned.purpose == .action ? planned.route : SessionTrace.Step.verification + planned.route,
            attempts: attempts,
            spanID: spanID
        )
        switch result {
        case .success(let response): step.status = response.status
        case .failure(let error): step.error = faults.last?.status ?? error.kind.fault.rawValue
        }
        return step
    }
}
