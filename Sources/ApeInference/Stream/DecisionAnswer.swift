/// What a model answered, and when its parts came.
package struct DecisionAnswer: Sendable, Equatable {
    package var turn: ModelTurn
    /// Such as `stop`, `tool_calls` or `length`; nil where the stream ended without one.
    package var finishReason: String?
    /// nil where the endpoint does not say.
    package var usage: TokenUsage?
    package var timeInfo: TimeInfo?
    package var times: DecisionTimes
}

/// Moments of one stream, in microseconds of the monotonic clock. A moment that never came is nil, never 0.
package struct DecisionTimes: Sendable, Equatable {
    /// The first event with content, reasoning or a tool-call fragment.
    var firstToken: Int64?
    /// The first event with content or a tool-call fragment.
    var firstAnswerToken: Int64?
    /// A whole tool call is there, so that it could be executed.
    var firstToolCall: Int64?
    /// When the server says it sent the first token's event.
    var firstTokenSent: Int64?
}

/// Tokens as the endpoint counts them.
package struct TokenUsage: Sendable, Equatable {
    package var prompt: Int64
    package var completion: Int64
}

/// Where the endpoint's own time went, where it says so (Cerebras).
package struct TimeInfo: Sendable, Equatable {
    package var queueMicros: Int64 = 0
    package var promptMicros: Int64 = 0
    package var completionMicros: Int64 = 0
}
