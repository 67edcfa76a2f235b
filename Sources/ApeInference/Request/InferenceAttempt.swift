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
    /// Makes one attempt.
    ///
    /// - Returns: the attempt, which has ended.
    ///
    /// An agent that waits for its answer holds this function's frame, so that only what must outlast
    /// the wait is in it: the rest is ``RunningAttempt``'s.
    nonisolated(nonsending) func attempt(
        _ body: RequestBody,
        _ deadlineMicros: Int64,
        traceparent: String,
        _ onMoment: @escaping (DecisionMoment, Int64) -> Void
    ) async -> RunningAttempt {
        let attempt = RunningAttempt(self, sentBytes: body.count, deadlineMicros: deadlineMicros, onMoment)
        do throws(TransferError) {
            let request = attempt.request(body, traceparent: traceparent)
            attempt.end(by: try await transport.stream(request) { attempt.read($0) })
        } catch {
            attempt.end(by: error)
        }
        return attempt
    }
}
