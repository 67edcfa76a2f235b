/// The name of a series of durations, such as `gap` or `target{route=GET /api/products/{id}}`.
package struct SeriesName: RawRepresentable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// **Gap**: within one session, the time from one action's start to the next action's start. An action starts when
    /// it is handed to the transport. **MTBA** = (sum of gaps) / (count of gaps) over the whole fleet: an exact integer
    /// sum and count, never a mean of means. Every gap is also split into decision + target + think + retry wait + the
    /// client's own overhead, and the parts sum to the gap.
    ///
    /// ``decision``, ``target``, ``think``, ``retryWait`` and ``overhead`` have one sample per gap, and the five sum to
    /// it. ``decisionFirstToken`` and ``decisionGeneration`` split ``decision`` in the same way.
    package static let gap = SeriesName(rawValue: "gap")
    /// The part of a gap spent on decisions, the waits before their retries left out.
    package static let decision = SeriesName(rawValue: "decision")
    /// The part of ``decision`` up to the first token of each decision; all of one that brought none.
    package static let decisionFirstToken = SeriesName(rawValue: "decision_first_token")
    /// The part of ``decision`` from the first token of each decision to its end.
    package static let decisionGeneration = SeriesName(rawValue: "decision_generation")
    /// The part of a gap spent waiting for the target. With a `route` label: one request to that route, from the
    /// transport to the last byte.
    package static let target = SeriesName(rawValue: "target")
    /// The part of a gap spent thinking.
    package static let think = SeriesName(rawValue: "think")
    /// The part of a gap spent waiting before retries and for the rate governor.
    package static let retryWait = SeriesName(rawValue: "retry_wait")
    /// The rest of a gap: the client's own work.
    package static let overhead = SeriesName(rawValue: "overhead")

    /// **TTFT**: from the moment the decision's first attempt is handed to the transport to the first streamed event
    /// that carries content, reasoning or a tool-call fragment. A role-only or empty delta is not a token. Failed
    /// attempts and their back-off are inside it, since the agent waited for them; the successful attempt's own TTFT is
    /// a second series.
    package static let ttft = SeriesName(rawValue: "ttft")
    /// The successful attempt's own time to first token.
    package static let attemptTTFT = SeriesName(rawValue: "attempt_ttft")
    /// To the first token that is not reasoning, from the decision's first attempt.
    package static let contentTTFT = SeriesName(rawValue: "content_ttft")
    /// To the first complete tool call, from the decision's first attempt.
    package static let toolCall = SeriesName(rawValue: "tool_call")
    /// From the first token to the stream's end.
    package static let generation = SeriesName(rawValue: "generation")
    /// A whole decision, retries and their waits included.
    package static let decisionTime = SeriesName(rawValue: "decision_time")
    /// A completed session.
    package static let session = SeriesName(rawValue: "session")
    /// **Startup**: from the agent's scheduled start to its first request on the wire.
    package static let startup = SeriesName(rawValue: "startup")

    /// This series for one value of a label, as `name{label=value}`.
    package func labelled(_ label: String, _ value: String) -> SeriesName {
        SeriesName(rawValue: "\(rawValue){\(label)=\(value)}")
    }

    /// The part before a label.
    package var family: String { LabelledName.family(of: rawValue) }
    /// The label's value; nil without a label.
    package var labelValue: String? { LabelledName.labelValue(of: rawValue) }
}

/// The name of a counter, such as `sessions_started` or `actions{status=2xx}`.
package struct CounterName: RawRepresentable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let sessionsStarted = CounterName(rawValue: "sessions_started")
    package static let sessionsSucceeded = CounterName(rawValue: "sessions_succeeded")
    /// Sessions that were stateful, whether or not they succeeded.
    package static let sessionsStateful = CounterName(rawValue: "sessions_stateful")
    /// Sessions that were successful and stateful: what the KPI counts.
    package static let sessionsSuccessfulStateful = CounterName(rawValue: "sessions_successful_stateful")
    package static let sessionsUnfinished = CounterName(rawValue: "sessions_unfinished")
    package static let decisions = CounterName(rawValue: "decisions")
    package static let tokensIn = CounterName(rawValue: "tokens_in")
    package static let tokensOut = CounterName(rawValue: "tokens_out")
    package static let eventsDropped = CounterName(rawValue: "events_dropped")
    /// Requests that reached for a target: actions, their retries and redirects, and verifications.
    package static let targetRequests = CounterName(rawValue: "target_requests")
    /// Requests that the harness itself made to prove a goal.
    package static let verifications = CounterName(rawValue: "verifications")

    /// Attempts at a target, with a `route` label: retries and verifications included, redirects left out.
    package static let routeRequests = CounterName(rawValue: "route_requests")
    /// Such attempts that failed, with a `route` label of the route and the status or trouble: `GET /api/cart 503`.
    package static let routeErrors = CounterName(rawValue: "route_errors")
    /// Sessions by how they ended, with a `goal` label.
    package static let goalSessionsSucceeded = CounterName(rawValue: "goal_sessions_succeeded")
    package static let goalSessionsFailed = CounterName(rawValue: "goal_sessions_failed")
    package static let goalSessionsSuccessfulStateful = CounterName(rawValue: "goal_sessions_successful_stateful")

    /// Sessions that failed for `reason`, such as `target_5xx`.
    package static func sessionsFailed(_ reason: String) -> CounterName {
        CounterName(rawValue: "sessions_failed{reason=\(reason)}")
    }

    /// Actions that were answered with a status of a class (`2xx` ... `5xx`), or not at all (`error`).
    package static func actions(_ status: String) -> CounterName {
        CounterName(rawValue: "actions{status=\(status)}")
    }

    /// Attempts at a decision that failed for `reason`, such as `http_429`.
    package static func decisionErrors(_ reason: String) -> CounterName {
        CounterName(rawValue: "decision_errors{reason=\(reason)}")
    }

    /// This counter for one value of a label, as `name{label=value}`.
    package func labelled(_ label: String, _ value: String) -> CounterName {
        CounterName(rawValue: "\(rawValue){\(label)=\(value)}")
    }

    /// The part before a label.
    package var family: String { LabelledName.family(of: rawValue) }
    /// Whether the part before a label is this one; cheaper than to ask for ``family``.
    package func isOf(family: String) -> Bool {
        let rest = rawValue.utf8.dropFirst(family.utf8.count)
        return rawValue.utf8.starts(with: family.utf8) && (rest.isEmpty || rest.first == UInt8(ascii: "{"))
    }
    /// The label's value; nil without a label.
    package var labelValue: String? { LabelledName.labelValue(of: rawValue) }
}

/// Names of the form `family{label=value}`. A value may itself hold braces, as routes do.
enum LabelledName {
    static func family(of name: String) -> String {
        String(name.prefix { $0 != "{" })
    }

    static func labelValue(of name: String) -> String? {
        guard let open = name.firstIndex(of: "{"), name.hasSuffix("}"),
            let equals = name[open...].firstIndex(of: "=")
        else { return nil }
        return String(name[name.index(after: equals)...].dropLast())
    }
}
