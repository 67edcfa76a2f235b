/// An error of APE's own: what went wrong in words for the user, a stable code for programs, and the exit code
/// that a command which meets it ends with.
///
/// It is a struct rather than an enum so that codes can be added without breaking a switch elsewhere.
/// A module adds the codes of its own in an extension of ``Code``.
package struct ApeError: Error, Sendable, Equatable {
    /// The kind of error: a stable, lower-case name that logs, events and tests can rely on.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A flag, an argument or an environment variable is wrong.
        package static let usage = Code(rawValue: "usage")
        /// The scenario file cannot be used.
        package static let scenario = Code(rawValue: "scenario")
        /// Bytes that should be JSON are not, or break a limit.
        package static let json = Code(rawValue: "json")
        /// The other side of the control channel broke the contract.
        package static let protocolViolation = Code(rawValue: "protocol_violation")
        /// The two sides do not share a token.
        package static let authFailed = Code(rawValue: "auth_failed")
        /// The two sides speak different major versions.
        package static let versionMismatch = Code(rawValue: "version_mismatch")
        /// A file cannot be read or written.
        package static let file = Code(rawValue: "file")
        /// An address cannot be listened on or connected to.
        package static let network = Code(rawValue: "network")
        /// One side of the control channel does not accept the other's certificate.
        package static let certificate = Code(rawValue: "certificate")
        /// The run's database cannot be used.
        package static let store = Code(rawValue: "store")
        /// Another process has locked the run's database: later it can be used again.
        package static let storeBusy = Code(rawValue: "store_busy")
        /// Too few workers came, or all were lost.
        package static let fleet = Code(rawValue: "fleet")
        /// A child process did not do its part.
        package static let process = Code(rawValue: "process")
    }

    package var code: Code
    /// A sentence for the user that names the file, line or flag, and the way out.
    package var message: String
    /// What caused it, as the layer below put it.
    package var cause: String?

    package init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The exit code of a command that ends with this error.
    package var exitCode: ExitCode {
        switch code {
        case .usage, .scenario, .file, .store, .storeBusy: .usage
        default: .fleet
        }
    }
}

extension ApeError: CustomStringConvertible {
    package var description: String {
        cause.map { "\(message) (\($0))" } ?? message
    }
}
