import ApeMetrics

/// What agents did and met: a coordinator tells it of the whole run, a worker of its own process.
extension MetricFamily {
    package static let sessions = MetricFamily(
        "ape_agent_sessions_total",
        .counter,
        "Sessions that agents began."
    )
    package static let successfulSessions = MetricFamily(
        "ape_successful_sessions_total",
        .counter,
        "Sessions whose every success check held."
    )
    package static let statefulSessions = MetricFamily(
        "ape_stateful_sessions_total",
        .counter,
        "Sessions that sent back something they had received."
    )
    package static let successfulStatefulSessions = MetricFamily(
        "ape_successful_stateful_sessions_total",
        .counter,
        "Sessions that succeeded and were stateful: what the KPI counts."
    )
    package static let failedSessions = MetricFamily(
        "ape_failed_sessions_total",
        .counter,
        "Sessions that failed, by what failed them.",
        labels: ["reason"]
    )
    package static let unfinishedSessions = MetricFamily(
        "ape_unfinished_sessions_total",
        .counter,
        "Sessions cut by the end of a stage or the loss of a worker."
    )
    package static let agentRequests = MetricFamily(
        "ape_agent_requests_total",
        .counter,
        "Actions of agents by the class of the answer's status, or error.",
        labels: ["status"]
    )
    package static let targetRequests = MetricFamily(
        "ape_target_requests_total",
        .counter,
        "Requests that reached for a target, with retries, redirects and verifications."
    )
    package static let verifications = MetricFamily(
        "ape_verification_requests_total",
        .counter,
        "Requests made to prove that a goal was reached."
    )
    package static let decisions = MetricFamily(
        "ape_inference_decisions_total",
        .counter,
        "Decisions that the model was asked for."
    )
    package static let decisionErrors = MetricFamily(
        "ape_inference_errors_total",
        .counter,
        "Attempts at a decision that failed, by what failed them.",
        labels: ["reason"]
    )
    package static let tokens = MetricFamily(
        "ape_inference_tokens_total",
        .counter,
        "Tokens that went into the model and came out of it.",
        labels: ["direction"]
    )
    package static let eventsDropped = MetricFamily(
        "ape_events_dropped_total",
        .counter,
        "Events of agents beyond those that are told."
    )

    package static let mtba = MetricFamily(
        "ape_agent_mtba_seconds",
        .histogram,
        "Gaps between the starts of two actions of a session; their mean is the MTBA."
    )
    package static let gapParts = MetricFamily(
        "ape_agent_gap_part_seconds",
        .histogram,
        "The five parts of each gap: decision, target, think, retry_wait, overhead.",
        labels: ["part"]
    )
    package static let ttft = MetricFamily(
        "ape_inference_ttft_seconds",
        .histogram,
        "Time to first token from a decision's first attempt."
    )
    package static let attemptTTFT = MetricFamily(
        "ape_inference_attempt_ttft_seconds",
        .histogram,
        "Time to first token of the attempt that succeeded."
    )
    package static let contentTTFT = MetricFamily(
        "ape_inference_content_ttft_seconds",
        .histogram,
        "Time to the first token that is not reasoning."
    )
    package static let toolCall = MetricFamily(
        "ape_inference_tool_call_seconds",
        .histogram,
        "Time to the first complete tool call."
    )
    package static let generation = MetricFamily(
        "ape_inference_generation_seconds",
        .histogram,
        "From the first token to the end of the stream."
    )
    package static let decisionTime = MetricFamily(
        "ape_inference_decision_seconds",
        .histogram,
        "Whole decisions, retries and their waits included."
    )
    package static let targetDuration = MetricFamily(
        "ape_target_request_seconds",
        .histogram,
        "Requests to a target's route, from the transport to the last byte.",
        labels: ["route"]
    )
    package static let sessionTime = MetricFamily(
        "ape_agent_session_seconds",
        .histogram,
        "Completed sessions."
    )
    package static let startup = MetricFamily(
        "ape_agent_startup_seconds",
        .histogram,
        "From an agent's scheduled start to its first request on the wire."
    )

    /// In the order of a page.
    package static let load: [MetricFamily] = [
        sessions, successfulSessions, statefulSessions, successfulStatefulSessions, failedSessions,
        unfinishedSessions, agentRequests, targetRequests, verifications, decisions, decisionErrors, tokens,
        eventsDropped, mtba, gapParts, ttft, attemptTTFT, contentTTFT, toolCall, generation, decisionTime,
        targetDuration, sessionTime, startup,
    ]
}
