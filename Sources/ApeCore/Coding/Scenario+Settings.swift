extension Scenario.Pacing: ScenarioMap {
    static let section = "pacing"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting("think", \.thinkMicros, .durations(longest), "before every step but a session's first"),
        ScenarioSetting(
            "between_sessions",
            \.betweenSessionsMicros,
            .durations(longest),
            "between two sessions of one agent"
        ),
    ]

    private static let longest: ClosedRange<Int64> = 0...3_600_000_000
}

extension Scenario.Limits: ScenarioMap {
    static let section = "limits"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "response_bytes",
            \.responseBytes,
            .count(1024...67_108_864),
            "of a target's answer that are kept; the rest is dropped"
        ),
        ScenarioSetting(
            "feedback_bytes",
            \.feedbackBytes,
            .count(64...1_048_576),
            "of a target's answer that the model is shown"
        ),
        ScenarioSetting(
            "prompt_endpoints",
            \.promptEndpoints,
            .count(1...100_000),
            "of all targets that the model is told of, those that success checks wait for before others. The rest are "
                + "routes all the same"
        ),
        ScenarioSetting(
            "context_tokens",
            \.contextTokens,
            .count(256...1_000_000),
            "of one request: instructions, tools, goal and conversation. Bytes a token are what the endpoint's usage says, 4 at "
                + "first"
        ),
        ScenarioSetting("target_retries", \.targetRetries, .count(0...20), "of one request, on 429 and 503"),
        ScenarioSetting(
            "inference_retries",
            \.inferenceRetries,
            .count(0...20),
            "of one decision, on 429, 5xx and transport errors"
        ),
        ScenarioSetting(
            "backoff",
            \.backoffMicros,
            wait,
            "the first wait; it doubles with each retry, with jitter"
        ),
        ScenarioSetting(
            "backoff_max",
            \.backoffMaximumMicros,
            wait,
            limits: wait.limits + ", not below `backoff`",
            "the longest wait"
        ),
        ScenarioSetting(
            "retry_after_max",
            \.retryAfterMaximumMicros,
            wait,
            "the longest Retry-After that is honoured; a longer one fails the request"
        ),
        ScenarioSetting("connect_timeout", \.connectTimeoutMicros, wait),
        ScenarioSetting("first_byte_timeout", \.firstByteTimeoutMicros, wait, "until a target's answer begins"),
        ScenarioSetting("total_timeout", \.totalTimeoutMicros, wait, "until a target's answer is whole"),
        ScenarioSetting("redirects", \.redirects, .count(0...20), "followed for one request"),
        ScenarioSetting(
            "drain",
            \.drainMicros,
            wait,
            "how long the answers to what a hold began are waited for once it is over"
        ),
    ]

    private static let wait = ScenarioCodec<Int64>.duration(1_000...3_600_000_000)
}

extension ScenarioDecoder {
    mutating func pacing(_ field: ScenarioField) -> Scenario.Pacing {
        var pacing = Scenario.Pacing()
        _ = read(field, into: &pacing)
        return pacing
    }

    mutating func limits(_ field: ScenarioField) -> Scenario.Limits {
        var limits = Scenario.Limits()
        guard read(field, into: &limits) else { return limits }
        if limits.backoffMaximumMicros < limits.backoffMicros {
            let least = DurationText.text(micros: limits.backoffMicros)
            problem("`backoff_max` is below `backoff`, which is \(least)", at: field)
        }
        return limits
    }
}
