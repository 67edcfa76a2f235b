/// Why a session failed: the label of ``CounterFamily/sessionsFailed``, and the code of the event that tells of it. Its
/// first word is the party that is answerable.
package struct FailureReason: RawRepresentable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    private init(_ party: Party, _ rest: String) {
        rawValue = "\(party.rawValue)_\(rest)"
    }

    // The target's.
    /// A 4xx that is no answer to a mistake: 408, or 401 and 403 to a request that carried what an earlier answer gave.
    /// In a script every status that it does not expect.
    package static let target4xx = FailureReason(.target, "4xx")
    /// The target's rate limit.
    package static let target429 = FailureReason(.target, "429")
    package static let target5xx = FailureReason(.target, "5xx")
    package static let targetTimeout = target(.timeout)
    /// No answer had come when the run no longer waited.
    package static let targetUnanswered = target(.unanswered)
    /// An answer of 2xx whose body or headers fail a check.
    package static let wrongAnswer = FailureReason(.target, "wrong_answer")
    /// A script's step was answered otherwise than it says, by a status below 400.
    package static let unexpectedStatus = FailureReason(.target, "unexpected_status")

    // The model endpoint's.
    static let inference429 = FailureReason(.inference, "429")
    static let inferenceAuth = FailureReason(.inference, "auth")
    static let inference4xx = FailureReason(.inference, "4xx")
    package static let inference5xx = FailureReason(.inference, "5xx")
    /// The endpoint, or the model itself, declined to answer.
    package static let contentFilter = FailureReason(.inference, "content_filter")
    package static let inferenceUnanswered = inference(.unanswered)

    // The simulation's.
    /// The target refused a request that the model made up.
    package static let refused = FailureReason(.simulation, "4xx")
    /// No answer was one that a success check looks at.
    package static let checkFailed = FailureReason(.simulation, "check_failed")
    package static let gaveUp = FailureReason(.simulation, "gave_up")
    package static let stepLimit = FailureReason(.simulation, "step_limit")
    /// The model makes the same call over and over.
    package static let loop = FailureReason(.simulation, "loop")
    /// Too many answers in a row that reached their token limit before a call was whole.
    package static let answerCut = FailureReason(.simulation, "answer_cut")
    /// Too many calls in a row that cannot be made.
    package static let invalidToolCalls = FailureReason(.simulation, "invalid_tool_calls")

    /// The scenario's data cannot be used.
    package static let data = FailureReason(.harness, "data")

    /// A request to the target that was not answered; the harness's own where ``AttemptFault/isOwn``.
    package static func target(_ fault: AttemptFault) -> FailureReason {
        FailureReason(fault.isOwn ? .harness : .target, fault.rawValue)
    }

    /// A decision that failed; the harness's own where ``AttemptFault/isOwn``.
    package static func inference(_ fault: AttemptFault) -> FailureReason {
        switch fault {
        case .http429: inference429
        case .httpAuth: inferenceAuth
        case .http4xx: inference4xx
        case .http5xx: inference5xx
        default: FailureReason(fault.isOwn ? .harness : .inference, fault.rawValue)
        }
    }

    /// A script's step needs a value that no answer gave; the scenario's own fault where none had come yet.
    package static func missingValue(_ party: Party) -> FailureReason { FailureReason(party, "missing_value") }

    /// The session's time ran out: it is laid at the door of whoever took most of it.
    package static func timeLimit(_ party: Party) -> FailureReason { FailureReason(party, "time_limit") }

    /// Whose failure it is.
    package var party: Party { Party(reason: rawValue) }

    /// Whether the session's time ran out.
    package var isTimeLimit: Bool { rawValue.hasSuffix("_time_limit") }
}
