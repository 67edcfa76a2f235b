import ApeCore

/// What one side tells the other when it refuses something: the codes of the `error` message beside
/// ``ApeError/Code/authFailed`` and ``ApeError/Code/versionMismatch``. The codec throws them too.
extension ApeError.Code {
    /// The worker's identifier is in use on a connection that lives.
    package static let duplicateWorker = Self(rawValue: "duplicate_worker")
    /// The run is ending; no worker is taken any more.
    package static let draining = Self(rawValue: "draining")
    /// A line has no end within the limit.
    package static let lineTooLong = Self(rawValue: "line_too_long")
    /// A line is not UTF-8, not a JSON object, or a field is missing, of the wrong type or out of range.
    package static let malformed = Self(rawValue: "malformed")
    /// A window cannot be read: it is dropped and named, and the connection stays.
    package static let windowRefused = Self(rawValue: "window_refused")
    /// A message came when it may not come.
    package static let outOfOrder = Self(rawValue: "out_of_order")
    /// A message of a type that this side does not know; it was ignored.
    package static let unknownType = Self(rawValue: "unknown_type")
    /// The handshake took too long.
    package static let handshakeTimeout = Self(rawValue: "handshake_timeout")
    /// Nothing was heard for too long.
    package static let silent = Self(rawValue: "silent")
    /// Too many connections, or too many windows wait to be stored; come back later.
    package static let overloaded = Self(rawValue: "overloaded")
    /// More of something came than this side takes from one worker; come back later.
    package static let overBudget = Self(rawValue: "over_budget")
    /// An assignment has more agents than the worker takes.
    package static let tooManyAgents = Self(rawValue: "too_many_agents")
}
