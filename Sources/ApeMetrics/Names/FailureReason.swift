/// Why a session failed: the label of ``CounterFamily/sessionsFailed``, and the code of the event that tells of it. Its
/// first word says whose failure it is.
package struct FailureReason: RawRepresentable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    private init(_ family: FailureFamily, _ rest: String) {
        rawValue = "\(family.rawValue)_\(rest)"
    }

    package static let target4xx = FailureReason(.target, "4xx")
    package static let target5xx = FailureReason(.target, "5xx")
    package static let targetTimeout = target(.timeout)

    static let inference429 = FailureReason(.inference, "429")
    static let inferenceAuth = FailureReason(.inference, "auth")
    static let inference4xx = FailureReason(.inference, "4xx")
    package static let inference5xx = FailureReason(.inference, "5xx")

    /// A success check does not hold.
    package static let checkFailed = FailureReason(.simulation, "check_failed")
    package static let gaveUp = FailureReason(.simulation, "gave_up")
    package static let stepLimit = FailureReason(.simulation, "step_limit")
    package static let timeLimit = FailureReason(.simulation, "time_limit")
    /// Too many calls in a row that cannot be made.
    package static let invalidToolCalls = FailureReason(.simulation, "invalid_tool_calls")
    /// A script's step needs a value that no answer gave.
    package static let missingValue = FailureReason(.simulation, "missing_value")
    /// A script's step was answered otherwise than it says.
    package static let unexpectedStatus = FailureReason(.simulation, "unexpected_status")

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

    /// Whose failure it is.
    package var family: FailureFamily { FailureFamily(reason: rawValue) }
}
