/// The name of a counter, such as `sessions_started` or `actions{status=2xx}`.
package struct CounterName: RawRepresentable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let sessionsStarted = CounterName(rawValue: "sessions_started")
    /// Sessions whose time came in this second, of stages with arrivals: whether or not they have begun.
    package static let sessionsDue = CounterName(rawValue: "sessions_due")
    /// Of the sessions that began in this second those that were later than ``Arrival/lateMicros`` after their arrival.
    package static let sessionsLate = CounterName(rawValue: "sessions_late")
    package static let sessionsSucceeded = CounterName(rawValue: "sessions_succeeded")
    /// Sessions that were stateful, whether or not they succeeded.
    package static let sessionsStateful = CounterName(rawValue: "sessions_stateful")
    /// Sessions that were successful and, where their goal can be, stateful: what the KPI counts.
    package static let sessionsSuccessfulStateful = CounterName(rawValue: "sessions_successful_stateful")
    package static let sessionsUnfinished = CounterName(rawValue: "sessions_unfinished")
    package static let decisions = CounterName(rawValue: "decisions")
    /// Decisions whose prompts the worker looked up among those that it had sent before.
    package static let promptsCounted = CounterName(rawValue: "prompts_counted")
    /// Of these the ones whose prompts this worker had not sent before in the run.
    package static let promptsDistinct = CounterName(rawValue: "prompts_distinct")
    /// Tokens of prompts, ``tokensCached`` and ``tokensCacheWrite`` included; of failed attempts too.
    package static let tokensIn = CounterName(rawValue: "tokens_in")
    /// Tokens that were generated, ``tokensReasoning`` included; of failed attempts too.
    package static let tokensOut = CounterName(rawValue: "tokens_out")
    /// Tokens of prompts that the endpoint read from its cache.
    package static let tokensCached = CounterName(rawValue: "tokens_cached")
    /// Tokens of prompts that the endpoint wrote into its cache.
    package static let tokensCacheWrite = CounterName(rawValue: "tokens_cache_write")
    package static let tokensReasoning = CounterName(rawValue: "tokens_reasoning")
    /// Tokens of ``tokensIn`` and ``tokensOut`` that are an estimate, since the endpoint did not say.
    package static let tokensEstimated = CounterName(rawValue: "tokens_estimated")
    package static let eventsDropped = CounterName(rawValue: "events_dropped")
    /// Requests that reached for a target: actions, their retries and redirects, and verifications.
    package static let targetRequests = CounterName(rawValue: "target_requests")
    /// Requests that the harness itself made to prove a goal.
    package static let verifications = CounterName(rawValue: "verifications")
    /// Calls of the model that could not be made, and answers without a call.
    package static let simulationErrors = CounterName(rawValue: "simulation_errors")

    /// Microseconds in which agents that the worker was told to run did not: they had not started, or were cancelled.
    package static let absentMicros = CounterName(rawValue: "absent_us")
    /// Microseconds that agents spent in sessions which the harness itself failed, and in the waits after these.
    package static let harnessMicros = CounterName(rawValue: "harness_us")

    /// All counters without a label; `docs/protocol.md` names each.
    package static let all: [CounterName] = [
        sessionsStarted, sessionsDue, sessionsLate, sessionsSucceeded, sessionsStateful, sessionsSuccessfulStateful,
        sessionsUnfinished, decisions,
        promptsCounted, promptsDistinct, tokensIn, tokensOut, tokensCached, tokensCacheWrite, tokensReasoning,
        tokensEstimated, eventsDropped,
        targetRequests, verifications, simulationErrors, absentMicros, harnessMicros,
    ]

    package static func sessionsFailed(_ reason: FailureReason) -> CounterName {
        CounterFamily.sessionsFailed[reason.rawValue]
    }

    package static func actions(_ status: ActionStatus) -> CounterName { CounterFamily.actions[status.rawValue] }

    package static func decisionErrors(_ fault: AttemptFault) -> CounterName {
        CounterFamily.decisionErrors[fault.rawValue]
    }

    /// The label's value; nil without a label.
    package var labelValue: String? { LabelledName.labelValue(of: rawValue) }

    /// The counter of the same family and label with another value; nil without a label.
    package func with(labelValue: String) -> CounterName? {
        LabelledName.replacing(self.labelValue, of: rawValue, with: labelValue).map(CounterName.init(rawValue:))
    }

    /// Whether it is one of `family`.
    package func isOf(_ family: CounterFamily) -> Bool { LabelledName.isOf(family.name, rawValue) }
}

/// Counters of one name that a label tells apart.
package struct CounterFamily: Hashable, Sendable {
    package let name: String
    package let label: LabelKey

    /// Sessions that failed, by ``FailureReason``.
    package static let sessionsFailed = CounterFamily(name: "sessions_failed", label: .reason)
    /// Actions, by ``ActionStatus``.
    package static let actions = CounterFamily(name: "actions", label: .status)
    /// Attempts at a decision that failed, by ``AttemptFault``.
    package static let decisionErrors = CounterFamily(name: "decision_errors", label: .reason)
    /// Attempts at a target by route: retries and verifications included, redirects left out.
    package static let routeRequests = CounterFamily(name: "route_requests", label: .route)
    /// Such attempts that failed, by the route, the status or ``AttemptFault``, and the party:
    /// `GET /api/cart 503 target`.
    package static let routeErrors = CounterFamily(name: "route_errors", label: .route)
    /// Events of answers that are streams of events, by route.
    package static let routeEvents = CounterFamily(name: "route_events", label: .route)
    /// Answers that are streams of events, by route; what came of those that failed too.
    package static let streams = CounterFamily(name: "route_streams", label: .route)
    /// Of the answers that are streams of events, those without an event.
    package static let silentStreams = CounterFamily(name: "route_streams_silent", label: .route)
    /// Of these answers, those that went on when they had been listened to for as long as the scenario says.
    package static let leftStreams = CounterFamily(name: "route_streams_left", label: .route)
    /// Sessions by how they ended and by goal.
    package static let goalSessionsSucceeded = CounterFamily(name: "goal_sessions_succeeded", label: .goal)
    package static let goalSessionsFailed = CounterFamily(name: "goal_sessions_failed", label: .goal)
    package static let goalSessionsSuccessfulStateful = CounterFamily(
        name: "goal_sessions_successful_stateful",
        label: .goal
    )
    /// Sessions that failed, by ``SessionFailureLabel``.
    package static let sessionFailures = CounterFamily(name: "session_failures", label: .failure)
    /// Connections that agents opened, by ``PeerNames``.
    package static let connectionsOpened = CounterFamily(name: "connections_opened", label: .peer)
    /// How often a request went over a connection that was open already.
    package static let connectionsReused = CounterFamily(name: "connections_reused", label: .peer)
    /// Connections that could not be opened: no address, no TCP or no TLS.
    package static let connectionsFailed = CounterFamily(name: "connections_failed", label: .peer)
    /// How often a request went out again because its connection ended before the answer, where that is safe. These come
    /// on top of the requests that are counted.
    package static let requestsRepeated = CounterFamily(name: "requests_repeated", label: .peer)
    /// Microseconds of agents' time, by ``AgentActivity``. What an agent does when a window is cut is split there, so
    /// that the parts and ``CounterName/absentMicros`` add up to the window times its agents.
    package static let agentTime = CounterFamily(name: "time_us", label: .part)
    /// Samples of series that a window had no room for.
    package static let seriesDropped = CounterFamily(name: "series_dropped", label: .series)

    /// All families but those of gaps, which ``GapLabel/families`` lists; `docs/protocol.md` names each.
    package static let all: [CounterFamily] = [
        sessionsFailed, actions, decisionErrors, routeRequests, routeErrors, routeEvents, streams, silentStreams,
        leftStreams, goalSessionsSucceeded,
        goalSessionsFailed,
        goalSessionsSuccessfulStateful, sessionFailures, connectionsOpened, connectionsReused, connectionsFailed,
        requestsRepeated, agentTime, seriesDropped,
    ]

    /// The counter of one value of the label, as `name{label=value}`.
    package subscript(_ value: String) -> CounterName {
        CounterName(rawValue: LabelledName.text(name, label, value))
    }
}
