import ApeCore

/// What a model answered, and when its parts came.
package struct DecisionAnswer: Sendable, Equatable {
    package var turn: ModelTurn
    package var ending: AnswerEnding
    /// nil where the endpoint does not say.
    package var usage: TokenUsage?
    package var timeInfo: TimeInfo?
    package var times: DecisionTimes
}

/// Why an answer ended, whatever the dialect calls it.
package enum AnswerEnding: Sendable, Equatable {
    /// The model was done, or called tools.
    case complete
    /// The answer reached a limit of tokens.
    case length
    /// The endpoint, or the model itself, declined to answer; with the endpoint's word for it.
    case refused(String)

    /// The ending that a finish reason stands for.
    ///
    /// - Returns: nil for a reason that is an error of the endpoint.
    init?(finishReason: String) {
        switch finishReason {
        case "length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded":
            self = .length
        case "content_filter", "refusal", "safety", "SAFETY", "RECITATION", "sensitive": self = .refused(finishReason)
        case "error", "abort", "insufficient_system_resource", "network_error", "cancelled", "failed": return nil
        default: self = .complete
        }
    }
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
    /// The answer's end: its finish reason, or what says that it is over.
    var end: Int64?
}

/// Tokens as the endpoint counts them.
package struct TokenUsage: Sendable, Equatable {
    /// All of the prompt, ``cached`` and ``cacheWrite`` included.
    package var prompt: Int64
    /// All that was generated, ``reasoning`` included.
    package var completion: Int64
    /// What of the prompt came from the endpoint's cache.
    package var cached: Int64 = 0
    /// What of the prompt the endpoint wrote into its cache.
    package var cacheWrite: Int64 = 0
    package var reasoning: Int64 = 0

    package init(prompt: Int64, completion: Int64, cached: Int64 = 0, cacheWrite: Int64 = 0, reasoning: Int64 = 0) {
        self.prompt = prompt
        self.completion = completion
        self.cached = cached
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
    }

    static func + (one: TokenUsage, other: TokenUsage) -> TokenUsage {
        TokenUsage(
            prompt: one.prompt.addingClamped(other.prompt),
            completion: one.completion.addingClamped(other.completion),
            cached: one.cached.addingClamped(other.cached),
            cacheWrite: one.cacheWrite.addingClamped(other.cacheWrite),
            reasoning: one.reasoning.addingClamped(other.reasoning)
        )
    }
}

/// Where the endpoint's own time went, where it says so. A part that it does not tell is nil.
package struct TimeInfo: Sendable, Equatable {
    package var queueMicros: Int64?
    package var promptMicros: Int64?
    package var completionMicros: Int64?

    /// Takes what another part of the answer says.
    mutating func merge(_ other: TimeInfo) {
        queueMicros = other.queueMicros ?? queueMicros
        promptMicros = other.promptMicros ?? promptMicros
        completionMicros = other.completionMicros ?? completionMicros
    }
}
