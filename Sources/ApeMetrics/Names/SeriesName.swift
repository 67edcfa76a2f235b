/// The name of a series of durations, such as `gap` or `target{route=GET /api/products/{id}}`.
package struct SeriesName: RawRepresentable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// **A gap** is the time from the start of one action of an agent to the start of its next, across sessions; only the
    /// configured pause between sessions is left out. An action starts when it is handed to the transport. So the last
    /// action of a session and the first decision of the next are in a gap like any other, and a goal of one step has an
    /// MTBA.
    ///
    /// **MTBA** = (sum of gaps) / (count of gaps) of a stage, over the whole fleet: exact integers, never a mean of means.
    /// Its parts (rule 1) sum to it.
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
    /// The part of a gap spent waiting for the target.
    package static let target = SeriesName(rawValue: "target")
    /// The part of a gap spent thinking.
    package static let think = SeriesName(rawValue: "think")
    /// The part of a gap spent waiting before retries and for the rate governor.
    package static let retryWait = SeriesName(rawValue: "retry_wait")
    /// The rest of a gap: the client's own work.
    package static let overhead = SeriesName(rawValue: "overhead")

    /// **TTFT**: from the moment the decision's first attempt is handed to the transport to the first streamed event that
    /// carries content, reasoning or a tool-call fragment. A role-only or empty delta is not a token. Failed attempts and
    /// their back-off are inside it; the successful attempt's own TTFT is a second series.
    ///
    /// A failed wait is a wait: the TTFT of a decision whose attempts all failed is what the agent waited.
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
    /// From a session's arrival to its beginning, in stages with arrivals; 0 for one that begins on time.
    package static let lateness = SeriesName(rawValue: "lateness")
    /// A completed session, from its arrival where sessions arrive.
    package static let session = SeriesName(rawValue: "session")
    /// A completed session that counts as successful for the KPI.
    package static let sessionSuccessful = SeriesName(rawValue: "session_successful")
    /// A session that failed because what it waited for never came: from its start to that wait's.
    package static let sessionUnanswered = SeriesName(rawValue: "session_unanswered")
    /// **Startup**: from the agent's scheduled start to its first request on the wire; one that never came counts as at
    /// least the time until the hold's end.
    package static let startup = SeriesName(rawValue: "startup")

    /// From the moment that the server stamped into the first token's event (`ape_sent_us`) to its being read: what
    /// the client adds to a time to first token. Only where both share a clock.
    package static let clientShare = SeriesName(rawValue: "client_share")
    /// The endpoint's own account of a decision, where it gives one: waiting, reading the prompt, generating.
    package static let serverQueue = SeriesName(rawValue: "server_queue")
    package static let serverPrompt = SeriesName(rawValue: "server_prompt")
    package static let serverCompletion = SeriesName(rawValue: "server_completion")

    /// All series without a label; `docs/protocol.md` names each.
    package static let all: [SeriesName] = [
        gap, decision, decisionFirstToken, decisionGeneration, target, think, retryWait, overhead, ttft, attemptTTFT,
        contentTTFT, toolCall, generation, decisionTime, lateness, session, sessionSuccessful, sessionUnanswered,
        startup,
        clientShare, serverQueue, serverPrompt,
        serverCompletion,
    ]

    /// One request to a route, from the transport to the last byte. One that was waited for in vain counts as the wait.
    package static func target(route: String) -> SeriesName { SeriesFamily.targetRoute[route] }
}

/// Series of one name that a label tells apart.
package struct SeriesFamily: Hashable, Sendable {
    package let name: String
    package let label: LabelKey

    /// Requests to a target by route.
    package static let targetRoute = SeriesFamily(name: SeriesName.target.rawValue, label: .route)

    /// Of these the requests that were not answered as they should be.
    package static let failedRoute = SeriesFamily(name: "target_failed", label: .route)

    /// From a request to the first event of an answer that is a stream of events, by route. Where none came before the
    /// answer ended or failed it is what was waited.
    package static let firstEvent = SeriesFamily(name: "first_event", label: .route)
    /// From one event of such an answer to the next, and from the last one to the answer's failure.
    package static let eventGap = SeriesFamily(name: "event_gap", label: .route)
    /// What waiting for a name's addresses took, by ``PeerNames``; only where they were not known yet.
    package static let nameLookup = SeriesFamily(name: "name_lookup", label: .peer)
    /// What opening a connection took, TLS left out.
    package static let connect = SeriesFamily(name: "connect", label: .peer)
    /// What a connection's TLS handshake took.
    package static let tls = SeriesFamily(name: "tls", label: .peer)

    /// All families; `docs/protocol.md` names each.
    package static let all: [SeriesFamily] = [targetRoute, failedRoute, firstEvent, eventGap, nameLookup, connect, tls]

    /// The series of one value of the label, as `name{label=value}`.
    package subscript(_ value: String) -> SeriesName {
        SeriesName(rawValue: LabelledName.text(name, label, value))
    }
}

extension SeriesName {
    /// The label's value; nil without a label.
    package var labelValue: String? { LabelledName.labelValue(of: rawValue) }

    /// The label's value where the series is one of `family`; nil for other series.
    package func value(in family: SeriesFamily) -> String? {
        LabelledName.isOf(family.name, rawValue) ? labelValue : nil
    }

    /// The series of the same family and label with another value; nil without a label.
    package func with(labelValue: String) -> SeriesName? {
        LabelledName.replacing(self.labelValue, of: rawValue, with: labelValue).map(SeriesName.init(rawValue:))
    }
}
