/// The keys of one kind of map in a scenario; `docs/scenario.md` lists the same keys under the same section.
///
/// Reading and writing name keys only through these, so that a key that is read can be written, and one that is not
/// listed is told to be unknown.
package protocol ScenarioKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The heading in `docs/scenario.md`, and for people the place of the map: `goals.NAME`.
    static var section: String { get }
}

/// Keys of the scenario itself.
package enum RootKey: String, ScenarioKey {
    case name, targets, inference, goals, pacing, limits
    case kpiTargets = "kpi_targets"
    case plan

    package static let section = "Scenario"
}

/// Keys of one target.
package enum TargetKey: String, ScenarioKey {
    case url, openapi, endpoints, headers
    case httpVersion = "http_version"
    case proxy
    case caFile = "ca_file"

    package static let section = "targets.NAME"
}

/// Keys of the inference endpoint.
package enum InferenceKey: String, ScenarioKey {
    case url, model
    case apiKeyEnv = "api_key_env"
    case apiKeyFile = "api_key_file"
    case toolMode = "tool_mode"
    case temperature
    case maxCompletionTokens = "max_completion_tokens"
    case headers, body
    case connectTimeout = "connect_timeout"
    case firstByteTimeout = "first_byte_timeout"
    case totalTimeout = "total_timeout"
    case httpVersion = "http_version"
    case proxy
    case caFile = "ca_file"
    case requestsPerMinute = "requests_per_minute"

    package static let section = "inference"
}

/// Keys of one goal.
package enum GoalKey: String, ScenarioKey {
    case weight, prompt, script, data, capture, success
    case maxSteps = "max_steps"
    case timeout

    package static let section = "goals.NAME"
}

/// Keys of one step of a scripted goal.
package enum StepKey: String, ScenarioKey {
    case target, query, headers, body, expect

    package static let section = "goals.NAME.script"
}

/// Keys of what a goal captures from answers.
package enum CaptureKey: String, ScenarioKey {
    case json, header, between, path

    package static let section = "goals.NAME.capture.NAME"
}

/// Keys of one success check.
package enum CheckKey: String, ScenarioKey {
    case name, answer, verify, target, status, json, headers
    case bodyMatches = "body_matches"
    case sendHeaders = "send_headers"
    case sendBody = "send_body"

    package static let section = "goals.NAME.success"
}

/// Keys of how fast agents act.
package enum PacingKey: String, ScenarioKey {
    case think
    case betweenSessions = "between_sessions"

    package static let section = "pacing"
}

/// Keys of what bounds an agent.
package enum LimitKey: String, ScenarioKey {
    case responseBytes = "response_bytes"
    case feedbackBytes = "feedback_bytes"
    case contextTokens = "context_tokens"
    case targetRetries = "target_retries"
    case inferenceRetries = "inference_retries"
    case backoff
    case backoffMaximum = "backoff_max"
    case retryAfterMaximum = "retry_after_max"
    case connectTimeout = "connect_timeout"
    case firstByteTimeout = "first_byte_timeout"
    case totalTimeout = "total_timeout"
    case redirects

    package static let section = "limits"
}

/// Keys of one stage of a plan.
package enum StageKey: String, ScenarioKey {
    case name, agents, ramp, warmup, hold

    package static let section = "plan"
}

extension KPIKey: ScenarioKey {
    package static let section = "kpi_targets"
}

extension Comparison: ScenarioKey {
    package static let section = "Comparisons"
}
