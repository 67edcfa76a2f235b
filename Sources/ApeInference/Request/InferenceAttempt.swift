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
