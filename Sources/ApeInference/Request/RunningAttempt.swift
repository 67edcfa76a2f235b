import ApeCore
import ApeTransfer

/// One attempt at a decision, from its request to what came of it.
///
/// What does not wait has functions of its own, as in ``RunningDecision``.
final class RunningAttempt {
    /// How long a stream's end is waited for behind its finish reason: the tokens come then, and a connection can be
    /// used again only after its end.
    static let graceMicros: Int64 = 200_000
    /// Bytes that count as one token where the endpoint does not tell.
    private static let bytesPerToken = 4

    private let client: InferenceClient
    private let body: RequestBody
    private let traceparent: String
    private let deadlineMicros: Int64
    private let onMoment: (DecisionMoment, Int64) -> Void
    private var reader: AnswerReader
    private var hasBegun = false
    private var hasToken = false
    /// What came of it; nil while it goes on.
    private(set) var outcome: InferenceAttempt?

    /// - Parameters:
    ///   - client: who asks.
    ///   - body: what is sent.
    ///   - deadlineMicros: the session's end.
    ///   - traceparent: the header that names its trace and span.
    ///   - onMoment: told of the first token.
    @inline(never) init(
        _ client: InferenceClient,
        _ body: RequestBody,
        deadlineMicros: Int64,
        traceparent: String,
        _ onMoment: @escaping (DecisionMoment, Int64) -> Void
    ) {
        self.client = client
        self.body = body
        self.deadlineMicros = deadlineMicros
        self.traceparent = traceparent
        self.onMoment = onMoment
        reader = AnswerReader(dialect: client.prepared.dialect)
    }

    /// Makes the attempt.
    nonisolated(nonsending) func run() async {
        do throws(TransferError) {
            end(by: try await client.transport.stream(request()) { self.read($0) })
        } catch {
            end(by: error)
        }
    }

    @inline(never) private func request() -> TransferRequest {
        var request = client.prepared.request
        request.body = body
        request.headers.append(("traceparent", traceparent))
        let left = deadlineMicros - client.transport.nowMicros
        request.totalTimeoutMicros = max(1, min(request.totalTimeoutMicros, left))
        return request
    }

    /// Takes what has come of the answer.
    private func read(_ bytes: UnsafeRawBufferPointer) -> StreamAction {
        hasBegun = true
        let now = client.transport.nowMicros
        let progress = reader.read(bytes, at: now)
        if !hasToken, progress.hasToken {
            hasToken = true
            onMoment(.firstToken, now)
        }
        if progress.isSettled { return .finish }
        return progress.isFinished ? .finishWithin(micros: Self.graceMicros) : .continue
    }

    /// Takes the end of the answer.
    @inline(never) private func end(by response: TransferResponse) {
        outcome = outcome(of: response)
    }

    /// Takes the reason why there is no answer.
    @inline(never) private func end(by error: TransferError) {
        var fault = InferenceFault(error, hasBegun: hasBegun, hasToken: hasToken)
        if error.kind.isTimeout, client.transport.nowMicros >= deadlineMicros { fault.kind = .sessionEnd }
        outcome = failed(fault, error.connection)
    }

    private func outcome(of response: TransferResponse) -> InferenceAttempt {
        client.governor.learn(from: response)
        guard (200..<300).contains(response.status) else { return refused(response) }
        do throws(StreamFailure) {
            let answer = try reader.finish(at: client.transport.nowMicros)
            var attempt = InferenceAttempt(
                result: .success(answer),
                endedMicros: answer.times.end ?? client.transport.nowMicros,
                firstTokenMicros: answer.times.firstToken
            )
            attempt.connection = response.connection
            count(answer.usage, in: &attempt)
            return attempt
        } catch {
            let fault = InferenceFault(error, hasToken: hasToken, hiding: client.prepared.mask)
            return failed(fault, response.connection)
        }
    }

    private func failed(_ fault: InferenceFault, _ connection: ConnectionUse) -> InferenceAttempt {
        var attempt = InferenceAttempt(
            result: .failure(fault),
            endedMicros: client.transport.nowMicros,
            firstTokenMicros: reader.firstTokenMicros,
            connection: connection
        )
        // Without a word of the model nothing shows that the endpoint has read the prompt.
        if reader.firstTokenMicros != nil || reader.accumulator.usage != nil {
            count(reader.accumulator.usage, in: &attempt)
        }
        return attempt
    }

    private func refused(_ response: TransferResponse) -> InferenceAttempt {
        InferenceAttempt(
            result: .failure(Refusal(response).fault(hiding: client.prepared.mask)),
            endedMicros: client.transport.nowMicros,
            retryAfterMicros: RetryAfter.micros(of: response, wallSeconds: client.transport.wallSeconds),
            connection: response.connection
        )
    }

    /// Counts the tokens that the endpoint tells, or an estimate by the bytes that went over the wire.
    private func count(_ usage: TokenUsage?, in attempt: inout InferenceAttempt) {
        if let usage {
            attempt.usage = usage
            return
        }
        let estimate = TokenUsage(
            prompt: Int64(body.count / Self.bytesPerToken),
            completion: Int64((reader.accumulator.answerBytes + Self.bytesPerToken - 1) / Self.bytesPerToken)
        )
        attempt.usage = estimate
        attempt.estimatedTokens = estimate.prompt + estimate.completion
    }
}
