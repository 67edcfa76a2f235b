/// What one side tells the other when it refuses something: the `error` message, and what the codec throws.
package struct Fault: Error, Sendable, Equatable {
    /// The kind of refusal: stable and lower-case.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The two sides do not share a token.
        package static let authFailed = Code(rawValue: "auth_failed")
        /// The two sides speak different major versions.
        package static let versionMismatch = Code(rawValue: "version_mismatch")
        /// The worker's identifier is in use on a connection that lives.
        package static let duplicateWorker = Code(rawValue: "duplicate_worker")
        /// The run is ending; no worker is taken any more.
        package static let draining = Code(rawValue: "draining")
        /// A line has no end within the limit.
        package static let lineTooLong = Code(rawValue: "line_too_long")
        /// A line is not UTF-8, not a JSON object, or a field is missing, of the wrong type or out of range.
        package static let malformed = Code(rawValue: "malformed")
        /// A message came when it may not come.
        package static let outOfOrder = Code(rawValue: "out_of_order")
        /// A message of a type that this side does not know; it was ignored.
        package static let unknownType = Code(rawValue: "unknown_type")
        /// The handshake took too long.
        package static let handshakeTimeout = Code(rawValue: "handshake_timeout")
        /// Nothing was heard for too long.
        package static let silent = Code(rawValue: "silent")
        /// Too many connections, or too many windows wait to be stored; come back later.
        package static let overloaded = Code(rawValue: "overloaded")
    }

    package var code: Code
    /// What is wrong, for people.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
