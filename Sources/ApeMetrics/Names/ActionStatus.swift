/// How an action was answered: the label of ``CounterFamily/actions``.
package enum ActionStatus: String, Sendable, CaseIterable {
    case successful = "2xx"
    case redirection = "3xx"
    case clientError = "4xx"
    case serverError = "5xx"
    /// Not at all.
    case error

    /// The class of an answer's status.
    package init(status: Int) {
        switch status {
        case ..<300: self = .successful
        case ..<400: self = .redirection
        case ..<500: self = .clientError
        default: self = .serverError
        }
    }

    /// Whether the action failed.
    package var isFailure: Bool {
        switch self {
        case .successful, .redirection: false
        case .clientError, .serverError, .error: true
        }
    }
}
