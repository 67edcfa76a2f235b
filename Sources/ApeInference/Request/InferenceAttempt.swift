import ApeCore
import ApeTransfer

/// What came of one attempt at a decision.
struct InferenceAttempt {
    var result: Result<DecisionAnswer, InferenceFault>
    /// When it ended: with its finish reason, or when nothing more was waited for.
    var endedMicros: Int64
    var retryAfterMicros: Int64?
    var firstTokenMicros: Int64?
    /// How its request got its connection.
    var connection = ConnectionUse()
    /// The tokens that it took; nil where the endpoint did no work for it.
    var usage: TokenUsage?
    /// How many of them are an estimate.
    var estimatedTokens: Int64 = 0
}

extension InferenceClient {
    /// How long a stream's end is waited for behind its finish reason: the tokens come then, and a connection can be
    /// used again only after its end.
    static let graceMicros: Int64 = 200_000
    /// Bytes that count as one token where the endpoint does not tell.
    private static let bytesPerToken = 4

    nonisolated(nonsending) func attempt(
        _ body: [UInt8],
        _ deadlineMicros: Int64,
        traceparent: String,
        _ onMoment: @escaping (DecisionMoment, Int64) -> Void
    ) async -> InferenceAttempt {
        var request = prepared.request
        request.body = body
        request.headers.append(("traceparent", traceparent))
        request.totalTimeoutMicros = max(1, min(request.totalTimeoutMicros, deadlineMicros - transport.nowMicros))
        var reader = AnswerReader(dialect: prepared.dialect)
        let connection: ConnectionUse
        var (hasBegun, hasToken) = (false, false)
        do throws(TransferError) {
            let response = try await transport.stream(request) { [transport] bytes in
                hasBegun = true
                let now = transport.nowMicros
                let progress = reader.read(bytes, at: now)
                if !hasToken, progress.hasToken {
                    hasToken = true
                    onMoment(.firstToken, now)
                }
                if progress.isSettled { return .finish }
                return progress.isFinished ? .finishWithin(micros: Self.graceMicros) : .continue
            }
            governor.learn(from: response)
            connection = response.connection
            guard (200..<300).contains(response.status) else { return refused(response) }
        } catch {
            var fault = InferenceFault(error, hasBegun: hasBegun, hasToken: hasToken)
            if error.kind.isTimeout, transport.nowMicros >= deadlineMicros { fault.kind = .sessionEnd }
            return failed(fault, reader, error.connection, sent: body.count)
        }
        do throws(StreamFailure) {
            let answer = try reader.finish(at: transport.nowMicros)
            var attempt = InferenceAttempt(
                result: .success(answer),
                endedMicros: answer.times.end ?? transport.nowMicros,
                firstTokenMicros: answer.times.firstToken
            )
            attempt.connection = connection
            attempt.count(answer.usage, reader, sent: body.count, bytesPerToken: Self.bytesPerToken)
            return attempt
        } catch {
            let fault = InferenceFault(error, hasToken: hasToken, hiding: prepared.mask)
            return failed(fault, reader, connection, sent: body.count)
        }
    }

    private func failed(
        _ fault: InferenceFault,
        _ reader: AnswerReader,
        _ connection: ConnectionUse,
        sent: Int
    ) -> InferenceAttempt {
        var attempt = InferenceAttempt(
            result: .failure(fault),
            endedMicros: transport.nowMicros,
            firstTokenMicros: reader.firstTokenMicros,
            connection: connection
        )
        // Without a word of the model nothing shows that the endpoint has read the prompt.
        if reader.firstTokenMicros != nil || reader.accumulator.usage != nil {
            attempt.count(reader.accumulator.usage, reader, sent: sent, bytesPerToken: Self.bytesPerToken)
        }
        return attempt
    }

    private func refused(_ response: TransferResponse) -> InferenceAttempt {
        InferenceAttempt(
            result: .failure(Refusal(response).fault(hiding: prepared.mask)),
            endedMicros: transport.nowMicros,
            retryAfterMicros: RetryAfter.micros(of: response, wallSeconds: transport.wallSeconds),
            connection: response.connection
        )
    }
}

extension InferenceAttempt {
    /// Counts the tokens that the endpoint tells, or an estimate by the bytes that went over the wire.
    fileprivate mutating func count(_ usage: TokenUsage?, _ reader: AnswerReader, sent: Int, bytesPerToken: Int) {
        if let usage {
            self.usage = usage
            return
        }
        let estimate = TokenUsage(
            prompt: Int64(sent / bytesPerToken),
            completion: Int64((reader.accumulator.answerBytes + bytesPerToken - 1) / bytesPerToken)
        )
        self.usage = estimate
        estimatedTokens = estimate.prompt + estimate.completion
    }
}
