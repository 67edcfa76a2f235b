import ApeCore
import ApeMetrics
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
            let (body, head) = begin(&outcome, request, &trace, onMoment)
            let parent = trace.parent(outcome.spanID)
            outcome.take(await attempt(body, deadlineMicros, traceparent: parent, onMoment))
            try Task.checkCancellation()
            switch next(after: &outcome, head: head, &otherHeads, deadlineMicros, &random) {
            case .end: return outcome
            case .atOnce: continue
            case .wait(let micros, let fault):
                onMoment(.waits(after: fault), outcome.endedMicros)
                try await transport.sleep(micros: micros)
                try await waitForGovernor(until: deadlineMicros)
                outcome.addRetryWait(until: transport.nowMicros)
            }
        }
    }

    /// Begins the next attempt.
    ///
    /// - Returns: its body, and which head the body has.
    @inline(never) private func begin(
        _ outcome: inout DecisionOutcome,
        _ request: DialogueRequest,
        _ trace: inout TraceContext,
        _ onMoment: (DecisionMoment, _ atMicros: Int64) -> Void
    ) -> (body: [UInt8], head: Int) {
        outcome.attemptStartedMicros = transport.nowMicros
        onMoment(outcome.faults.isEmpty ? .began : .triedAgain, outcome.attemptStartedMicros)
        let head = prepared.head
        let body = prepared.body(head.bytes, request)
        if outcome.faults.isEmpty { outcome.promptHash = BytesHash.of(body) }
        outcome.spanID = trace.nextSpan()
        return (body, head.place)
    }

    private enum Next {
        case end
        case atOnce
        case wait(Int64, after: AttemptFault)
    }

    /// What follows an attempt.
    @inline(never) private func next(
        after outcome: inout DecisionOutcome,
        head: Int,
        _ otherHeads: inout Int,
        _ deadlineMicros: Int64,
        _ random: inout SeededRandom
    ) -> Next {
        guard case .failure(let fault) = outcome.result else { return .end }
        outcome.faults.append(fault)
        if fault.isAboutForm, prepared.isAnotherHead(than: head) {
            otherHeads += 1
            return .atOnce
        }
        let wait = prepared.policy.wait(
            after: outcome.faults.count - otherHeads,
            retryAfterMicros: outcome.retryAfterMicros,
            remainingMicros: deadlineMicros - outcome.endedMicros,
            random: &random
        )
        guard fault.isRetryable, let wait else { return .end }
        return .wait(wait, after: fault.counted)
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
