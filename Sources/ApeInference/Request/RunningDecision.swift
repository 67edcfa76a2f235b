import ApeCore
import ApeMetrics
import ApeTransfer

/// One decision, from its first attempt to what came of all.
///
/// An agent that waits for it holds the frames of the functions that wait: so what must outlast the wait is here, and
/// what does not wait has functions of its own, which are not to become a part of them.
package final class RunningDecision {
    private let client: InferenceClient
    private let request: DialogueRequest
    private let deadlineMicros: Int64
    private let onMoment: (DecisionMoment, _ atMicros: Int64) -> Void
    private var trace: TraceContext
    private var random: SeededRandom
    /// Attempts that only showed that the endpoint wants another head.
    private var otherHeads = 0
    /// What came of it, failures included.
    package private(set) var outcome: DecisionOutcome

    /// - Parameters:
    ///   - client: who asks.
    ///   - request: what is said to the model.
    ///   - deadlineMicros: the session's end; no attempt outlasts it.
    ///   - trace: the session's, for the attempts of this decision.
    ///   - random: for the back-off's jitter.
    ///   - onMoment: told of each moment of the decision as it comes.
    package init(
        _ client: InferenceClient,
        _ request: DialogueRequest,
        deadlineMicros: Int64,
        trace: TraceContext,
        random: SeededRandom,
        onMoment: @escaping (DecisionMoment, _ atMicros: Int64) -> Void = { _, _ in }
    ) {
        self.client = client
        self.request = request
        self.deadlineMicros = deadlineMicros
        self.trace = trace
        self.random = random
        self.onMoment = onMoment
        outcome = DecisionOutcome(startedMicros: client.transport.nowMicros)
    }

    /// Makes the decision: streams the answer, and tries again where that may help.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package nonisolated(nonsending) func run() async throws {
        try await waitForGovernor()
        outcome.startedMicros = client.transport.nowMicros
        while true {
            let (attempt, head) = begin()
            await attempt.run()
            outcome.take(attempt)
            try Task.checkCancellation()
            switch next(after: head) {
            case .end: return
            case .atOnce: continue
            case .wait(let micros, let fault):
                onMoment(.waits(after: fault), outcome.endedMicros)
                try await client.transport.sleep(micros: micros)
                try await waitForGovernor()
                outcome.addRetryWait(until: client.transport.nowMicros)
            }
        }
    }

    /// Begins the next attempt.
    ///
    /// - Returns: it, and which head its body has.
    @inline(never) private func begin() -> (attempt: RunningAttempt, head: Int) {
        let prepared = client.prepared
        outcome.attemptStartedMicros = client.transport.nowMicros
        onMoment(outcome.faults.isEmpty ? .began : .triedAgain, outcome.attemptStartedMicros)
        let head = prepared.head
        let body = prepared.body(head.bytes, request)
        if outcome.faults.isEmpty { outcome.promptHash = BytesHash.of(body.parts) }
        outcome.spanID = trace.nextSpan()
        let attempt = RunningAttempt(
            client,
            body,
            deadlineMicros: deadlineMicros,
            traceparent: trace.parent(outcome.spanID),
            onMoment
        )
        return (attempt, head.place)
    }

    private enum Next {
        case end
        case atOnce
        case wait(Int64, after: AttemptFault)
    }

    /// What follows an attempt.
    @inline(never) private func next(after head: Int) -> Next {
        guard case .failure(let fault) = outcome.result else { return .end }
        outcome.faults.append(fault)
        if fault.isAboutForm, client.prepared.isAnotherHead(than: head) {
            otherHeads += 1
            return .atOnce
        }
        let wait = client.prepared.policy.wait(
            after: outcome.faults.count - otherHeads,
            retryAfterMicros: outcome.retryAfterMicros,
            remainingMicros: deadlineMicros - outcome.endedMicros,
            random: &random
        )
        guard fault.isRetryable, let wait else { return .end }
        return .wait(wait, after: fault.counted)
    }

    private nonisolated(nonsending) func waitForGovernor() async throws {
        let asked = client.transport.nowMicros
        let wait = client.governor.reserve(at: asked)
        guard wait > 0 else { return }
        try await client.transport.sleep(micros: min(wait, max(0, deadlineMicros - asked)))
    }
}

extension PreparedInference {
    /// The whole body of a request.
    func body(_ head: [UInt8], _ request: DialogueRequest) -> RequestBody {
        var parts: [[UInt8]] = []
        parts.reserveCapacity(request.turns.count + 3)
        parts.append(head)
        parts += request.turns
        if request.hasOpenResults { parts.append(dialect.resultsClosing.withUTF8Buffer { Array($0) }) }
        parts.append([UInt8(ascii: "]"), UInt8(ascii: "}")])
        return RequestBody(parts: parts)
    }
}
