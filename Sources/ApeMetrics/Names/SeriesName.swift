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
    /// The part of a gap spent waiting for the target.
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
        contentTTFT, toolCall, generation, decisionTime, session, startup, clientShare, serverQueue, serverPrompt,
        serverCompletion,
    ]

    /// One request to a route, from the transport to the last byte.
    package static func target(route: String) -> SeriesName { SeriesFamily.targetRoute[route] }
}

/// Series of one name that a label tells apart.
package struct SeriesFamily: Hashable, Sendable {
    package let name: String
    package let label: LabelKey

    /// Requests to a target by route.
    package static let targetRoute = SeriesFamily(name: SeriesName.target.rawValue, label: .route)

    /// All families; `docs/protocol.md` names each.
    package static let all: [SeriesFamily] = [targetRoute]

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
        guard let value = self.labelValue else { return nil }
        return SeriesName(rawValue: rawValue.dropLast(value.utf8.count + 1) + labelValue + "}")
    }
}
