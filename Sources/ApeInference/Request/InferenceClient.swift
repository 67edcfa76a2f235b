import ApeCore
import ApeTransfer

/// Asks the model for one decision: streams the answer, and tries again where that may help.
package struct InferenceClient: Sendable {
    private let prepared: PreparedInference
    private let transport: any InferenceTransport
    private let governor: RateGovernor

    package init(prepared: PreparedInference, transport: any InferenceTransport, governor: RateGovernor) {
        self.prepared = prepared
        self.transport = transport
        self.governor = governor
    }

    /// Makes a decision.
    ///
    /// - Parameters:
    ///   - body: the whole request body.
    ///   - deadlineMicros: the session's end; no attempt outlasts it.
    ///   - trace: the session's, for the attempts of this decision.
    ///   - random: for the back-off's jitter.
    ///   - onMoment: told of each moment of the decision as it comes.
    /// - Returns: what came of it, failures included.
    /// - Throws: `CancellationError` when the task is cancelled.
    package nonisolated(nonsending) func decide(
        body: [UInt8],
        deadlineMicros: Int64,
        trace: TraceContext,
        random: SeededRandom,
        onMoment: @escaping (DecisionMoment, _ atMicros: Int64) -> Void = { _, _ in }
    ) async throws -> DecisionOutcome {
        var trace = trace
        var random = random
        try await waitForGovernor(until: deadlineMicros)
        let started = transport.nowMicros
        var outcome = DecisionOutcome(
            result: .failure(InferenceFault(kind: .transport(.cancelled), message: "")),
            startedMicros: started,
            attemptStartedMicros: started,
            endedMicros: started,
            retryWaitMicros: 0,
            faults: []
        )
        while true {
            outcome.attemptStartedMicros = transport.nowMicros
            onMoment(outcome.faults.isEmpty ? .began : .triedAgain, outcome.attemptStartedMicros)
            let attempt = await attempt(body, deadlineMicros, traceparent: trace.next(), onMoment)
            outcome.endedMicros = transport.nowMicros
            outcome.firstTokenMicros = attempt.firstTokenMicros
            outcome.result = attempt.result
            try Task.checkCancellation()
            guard case .failure(let fault) = attempt.result else { return outcome }
            outcome.faults.append(fault)
            let wait = prepared.policy.wait(
                after: outcome.faults.count,
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

    private struct Attempt {
        var result: Result<DecisionAnswer, InferenceFault>
        var retryAfterMicros: Int64?
        var firstTokenMicros: Int64?
    }

    private nonisolated(nonsending) func attempt(
        _ body: [UInt8],
        _ deadlineMicros: Int64,
        traceparent: String,
        _ onMoment: @escaping (DecisionMoment, Int64) -> Void
    ) async -> Attempt {
        var request = prepared.request
        request.body = body
        request.headers.append(("traceparent", traceparent))
        request.totalTimeoutMicros = max(1, min(request.totalTimeoutMicros, deadlineMicros - transport.nowMicros))
        var reader = AnswerReader()
        var (hasBegun, hasToken) = (false, false)
        do throws(TransferError) {
            let response = try await transport.stream(request) { [transport] bytes in
                hasBegun = true
                let now = transport.nowMicros
                let isSettled = reader.read(bytes, at: now)
                if !hasToken, reader.firstTokenMicros != nil {
                    hasToken = true
                    onMoment(.firstToken, now)
                }
                return isSettled ? .finish : .continue
            }
            governor.learn(from: response)
            guard (200..<300).contains(response.status) else { return refusal(response) }
            do throws(StreamFailure) {
                let answer = try reader.finish(at: transport.nowMicros)
                return Attempt(result: .success(answer), firstTokenMicros: answer.times.firstToken)
            } catch {
                let fault = InferenceFault(kind: .stream(error), message: error.message)
                return Attempt(result: .failure(fault), firstTokenMicros: reader.firstTokenMicros)
            }
        } catch {
            var kind: InferenceFault.Kind = hasBegun ? .brokenStream(error.kind) : .transport(error.kind)
            if error.kind.isTimeout, transport.nowMicros >= deadlineMicros { kind = .sessionEnd }
            let fault = InferenceFault(kind: kind, message: error.message)
            return Attempt(result: .failure(fault), firstTokenMicros: reader.firstTokenMicros)
        }
    }

    private func refusal(_ response: TransferResponse) -> Attempt {
        let text = String(decoding: response.body.prefix(256), as: UTF8.self)
        let fault = InferenceFault(
            kind: .status(response.status),
            message: "the inference endpoint answered \(response.status): \(text)"
        )
        let wait = response.header("retry-after").flatMap {
            RetryAfter.micros($0, date: response.header("date"), wallSeconds: transport.wallSeconds)
        }
        return Attempt(result: .failure(fault), retryAfterMicros: wait)
    }
}
