import ApeMetrics

/// What agents did and met, and where its values come from: a coordinator tells it of the whole run, a worker of its own
/// process. A row here is all that it takes to show a counter or series that ``ApeMetrics`` names.
package struct LoadMetric: Sendable {
    /// Where a metric's values come from.
    package enum Source: Sendable {
        case counter(CounterName)
        /// Counters that a label of the page tells apart.
        case counters(label: String, [(value: String, name: CounterName)])
        /// A family's counters by its own label; the values of `always` are there from the start.
        case labels(CounterFamily, always: [String] = [])
        case series(SeriesName)
        /// Series that a label of the page tells apart by their names.
        case parts(label: String, [SeriesName])
        /// A family's series by its own label.
        case seriesFamily(SeriesFamily)
    }

    package let family: MetricFamily
    let source: Source

    /// A metric of the page.
    ///
    /// - Parameters:
    ///   - name: what it is called, with its unit.
    ///   - help: what it says, in a sentence.
    ///   - source: where its values come from; it gives the kind and the label.
    package init(_ name: String, _ help: String, _ source: Source) {
        self.source = source
        family =
            switch source {
            case .counter: MetricFamily(name, .counter, help)
            case .counters(let label, _): MetricFamily(name, .counter, help, labels: [label])
            case .labels(let counters, _): MetricFamily(name, .counter, help, labels: [counters.label.rawValue])
            case .series: MetricFamily(name, .histogram, help)
            case .parts(let label, _): MetricFamily(name, .histogram, help, labels: [label])
            case .seriesFamily(let series): MetricFamily(name, .histogram, help, labels: [series.label.rawValue])
            }
    }

    /// In the order of a page.
    static let all: [LoadMetric] = [
        LoadMetric("ape_agent_sessions_total", "Sessions that agents began.", .counter(.sessionsStarted)),
        LoadMetric("ape_due_sessions_total", "Sessions whose time came, where they arrive.", .counter(.sessionsDue)),
        LoadMetric(
            "ape_late_sessions_total",
            "Sessions that began more than 50 ms after their time.",
            .counter(.sessionsLate)
        ),
        LoadMetric(
            "ape_successful_sessions_total",
            "Sessions whose every success check held.",
            .counter(.sessionsSucceeded)
        ),
        LoadMetric(
            "ape_stateful_sessions_total",
            "Sessions that sent back something they had received.",
            .counter(.sessionsStateful)
        ),
        LoadMetric(
            "ape_successful_stateful_sessions_total",
            "Sessions that succeeded and were stateful: what the KPI counts.",
            .counter(.sessionsSuccessfulStateful)
        ),
        LoadMetric("ape_failed_sessions_total", "Sessions that failed, by what failed them.", .labels(.sessionsFailed)),
        LoadMetric(
            "ape_unfinished_sessions_total",
            "Sessions cut by the end of a stage or the loss of a worker.",
            .counter(.sessionsUnfinished)
        ),
        LoadMetric(
            "ape_agent_requests_total",
            "Actions of agents by the class of the answer's status, or error.",
            .labels(.actions, always: ActionStatus.allCases.map(\.rawValue))
        ),
        LoadMetric(
            "ape_target_requests_total",
            "Requests that reached for a target, with retries, redirects and verifications.",
            .counter(.targetRequests)
        ),
        LoadMetric(
            "ape_verification_requests_total",
            "Requests made to prove that a goal was reached.",
            .counter(.verifications)
        ),
        LoadMetric(
            "ape_connections_opened_total",
            "Connections that agents opened, by the target or the model's endpoint.",
            .labels(.connectionsOpened)
        ),
        LoadMetric(
            "ape_connections_reused_total",
            "How often a request went over a connection that was open already.",
            .labels(.connectionsReused)
        ),
        LoadMetric(
            "ape_connections_failed_total",
            "Connections that could not be opened.",
            .labels(.connectionsFailed)
        ),
        LoadMetric(
            "ape_requests_repeated_total",
            "Requests that went out again because their connection ended before the answer, where that is safe.",
            .labels(.requestsRepeated)
        ),
        LoadMetric("ape_inference_decisions_total", "Decisions that the model was asked for.", .counter(.decisions)),
        LoadMetric(
            "ape_inference_errors_total",
            "Attempts at a decision that failed, by what failed them.",
            .labels(.decisionErrors)
        ),
        LoadMetric(
            "ape_inference_tokens_total",
            "Tokens that went into the model and came out of it.",
            .counters(label: "direction", [("in", .tokensIn), ("out", .tokensOut)])
        ),
        LoadMetric(
            "ape_inference_token_kinds_total",
            "What of these tokens was cached, cache_write (both in), reasoning (out), or estimated (in and out).",
            .counters(
                label: "kind",
                [
                    ("cached", .tokensCached), ("cache_write", .tokensCacheWrite), ("reasoning", .tokensReasoning),
                    ("estimated", .tokensEstimated),
                ]
            )
        ),
        LoadMetric(
            "ape_events_dropped_total",
            "Events of agents beyond those that are told.",
            .counter(.eventsDropped)
        ),
        LoadMetric(
            "ape_agent_mtba_seconds",
            "Gaps between the starts of two actions of a session; their mean is the MTBA.",
            .series(.gap)
        ),
        LoadMetric(
            "ape_agent_gap_part_seconds",
            "The five parts of each gap: decision, target, think, retry_wait, overhead.",
            .parts(label: "part", [.decision, .target, .think, .retryWait, .overhead])
        ),
        LoadMetric(
            "ape_inference_ttft_seconds",
            "Time to first token from a decision's first attempt.",
            .series(.ttft)
        ),
        LoadMetric(
            "ape_inference_attempt_ttft_seconds",
            "Time to first token of the attempt that succeeded.",
            .series(.attemptTTFT)
        ),
        LoadMetric(
            "ape_inference_content_ttft_seconds",
            "Time to the first token that is not reasoning.",
            .series(.contentTTFT)
        ),
        LoadMetric("ape_inference_tool_call_seconds", "Time to the first complete tool call.", .series(.toolCall)),
        LoadMetric(
            "ape_inference_generation_seconds",
            "From the first token to the end of the stream.",
            .series(.generation)
        ),
        LoadMetric(
            "ape_inference_decision_seconds",
            "Whole decisions, retries and their waits included.",
            .series(.decisionTime)
        ),
        LoadMetric(
            "ape_target_request_seconds",
            "Requests to a target's route, from the transport to the last byte.",
            .seriesFamily(.targetRoute)
        ),
        LoadMetric(
            "ape_target_first_event_seconds",
            "From a request to the first event of an answer that is a stream of events, by route.",
            .seriesFamily(.firstEvent)
        ),
        LoadMetric(
            "ape_target_event_gap_seconds",
            "From one event of such an answer to the next.",
            .seriesFamily(.eventGap)
        ),
        LoadMetric(
            "ape_connect_seconds",
            "What opening a connection took, TLS left out, by the target or the model's endpoint.",
            .seriesFamily(.connect)
        ),
        LoadMetric(
            "ape_tls_handshake_seconds",
            "What a connection's TLS handshake took.",
            .seriesFamily(.tls)
        ),
        LoadMetric(
            "ape_session_lateness_seconds",
            "From a session's arrival to its beginning.",
            .series(.lateness)
        ),
        LoadMetric("ape_agent_session_seconds", "Completed sessions.", .series(.session)),
        LoadMetric(
            "ape_agent_startup_seconds",
            "From an agent's scheduled start to its first request on the wire.",
            .series(.startup)
        ),
    ]
}
