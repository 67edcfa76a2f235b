/// What one event says of the tokens. Endpoints say it once, in every event, or a part in each: the latest figure of
/// each kind counts.
struct UsageReport: Equatable {
    /// The greatest figure that is believed: a thousand times the longest context. What is not believed is not counted, but
    /// estimated as where an endpoint says nothing, and told as `tokens_estimated`.
    static let maximumTokens: Int64 = 1 << 30

    var prompt: Int64?
    var completion: Int64?
    var total: Int64?
    var cached: Int64?
    var cacheWrite: Int64?
    var reasoning: Int64?
    /// Whether ``prompt`` leaves out what was read from the cache and written into it.
    var promptLeavesOutCache = false

    /// Takes what a later event says.
    mutating func merge(_ later: UsageReport) {
        prompt = later.prompt ?? prompt
        completion = later.completion ?? completion
        total = later.total ?? total
        cached = later.cached ?? cached
        cacheWrite = later.cacheWrite ?? cacheWrite
        reasoning = later.reasoning ?? reasoning
        promptLeavesOutCache = promptLeavesOutCache || later.promptLeavesOutCache
    }

    /// The tokens of the attempt; nil while prompt or completion is not known.
    var usage: TokenUsage? {
        guard var prompt, var completion else { return nil }
        let (cached, written, reasoning) = (cached ?? 0, cacheWrite ?? 0, reasoning ?? 0)
        if promptLeavesOutCache { prompt += cached + written }
        // xAI counts reasoning beside the completion; the sum tells.
        if let total, reasoning > 0, prompt + completion + reasoning == total { completion += reasoning }
        return TokenUsage(
            prompt: prompt,
            completion: completion,
            cached: min(cached, prompt),
            cacheWrite: min(written, prompt - min(cached, prompt)),
            reasoning: min(reasoning, completion)
        )
    }
}
