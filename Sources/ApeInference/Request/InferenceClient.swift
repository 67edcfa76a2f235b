import ApeCore
import ApeTransfer

/// Asks the model for one decision: streams the answer, and tries again where that may help.
package struct InferenceClient: Sendable {
    let prepared: PreparedInference
    let transport: any InferenceTransport
    let governor: RateGovernor

    package init(prepared: PreparedInference, transport: any InferenceTransport, governor: RateGovernor) {
        self.prepared = prepared
        self.transport = transport
        self.governor = governor
    }

    /// Makes a decision.
    ///
    /// - Parameters:
    ///   - request: what is said to the model.
    ///   - deadlineMicros: the session's end; no attempt outlasts it.
    ///   - trace: the session's, for the attempts of this decision.
    ///   - random: for the back-off's jitter.
    ///   - onMoment: told of each moment of the decision as it comes.
    /// - Returns: what came of it, failures included.
    /// - Throws: `CancellationError` when the task is cancelled.
    package nonisolated(nonsending) func decide(
        _ request: DialogueRequest,
        deadlineMicros: Int64,
        trace: TraceContext,
        random: SeededRandom,
        onMoment: @escaping (DecisionMoment, _ atMicros: Int64) -> Void = { _, _ in }
    ) async throws -> DecisionOutcome {
        var trace = trace
        var random = random
        try await waitForGovernor(until: deadlineMicros)
        var outcome = DecisionOutcome(startedMicros: transport.nowMicros)
        var otherHeads = 0
        while true {
            outcome.attemptStartedMicros = transport.nowMicros
            onMoment(outcome.faults.isEmpty ? .began : .triedAgain, outcome.attemptStartedMicros)
            let head = prepared.head
            let body = prepared.body(head.bytes, request)
            if outcome.faults.isEmpty { outcome.promptHash = BytesHash.of(body) }
            outcome.spanID = trace.nextSpan()
            let attempt = await attempt(body, deadlineMicros, traceparent: trace.parent(outcome.spanID), onMoment)
            outcome.take(attempt)
            try Task.checkCancellation()
            guard case .failure(let fault) = attempt.result else { return outcome }
            outcome.faults.append(fault)
            if fault.isAboutForm, prepared.isAnotherHead(than: head.place) {
                otherHeads += 1
                continue
            }
            let wait = prepared.policy.wait(
                after: outcome.faults.count - otherHeads,
                retryAfterMicros: attempt.retryAfterMicros,
                remainingMicros: deadlineMicros - outcome.endedMicros,
                random: &random
            )
            guard fault.isRetryable, let wait else { return outcome }
            onMoment(.waits, outcome.endedMicros)
            try await transport.sleep(micros: wait)
            try await waitForGovernor(until: deadlineMicros)
            outcome.retryWaitMicros += transport.nowMicros - outcome.endedMicros
        }
    }

    private nonisolated(nonsending) func waitForGovernor(until deadlineMicros: Int64) async throws {
        let asked = transport.nowMicros
        let wait = governor.reserve(at: asked)
        guard wait > 0 else { return }
        try await transport.sleep(micros: min(wait, max(0, deadlineMicros - asked)))
    }
}

extension PreparedInference {
    /// The whole body of a request.
    func body(_ head: [UInt8], _ request: DialogueRequest) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(head.count + request.turns.count + 8)
        body += head
        body += request.turns
        if request.hasOpenResults { dialect.resultsClosing.withUTF8Buffer { body.append(contentsOf: $0) } }
        body += [UInt8(ascii: "]"), UInt8(ascii: "}")]
        return body
    }
}
