import ApeCore
import Glibc
import NIOCore
import NIOPosix

extension ApeError {
    /// Why a connection could not be made or has broken: of code `certificate` where a certificate was not accepted,
    /// else of code `network`.
    ///
    /// - Parameters:
    ///   - error: what the channel met.
    ///   - role: this process's.
    init(connection error: any Error, role: TLSRole) {
        let words = Self.words(of: error, role: role)
        let isRefusal = (error as? TLSFailure)?.isRefusal ?? false
        self.init(isRefusal ? .certificate : .network, words.prefix(1).uppercased() + words.dropFirst())
    }

    /// The reason in the system's words or TLS's rather than the library's.
    static func words(of error: any Error, role: TLSRole) -> String {
        switch error {
        case let failure as TLSFailure: return failure.words(for: role)
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return words(of: first.error, role: role) }
            return "the host's name cannot be resolved"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: return "no answer within \(ControlClient.connectTimeoutSeconds) s"
        case ChannelError.alreadyClosed, ChannelError.ioOnClosedChannel: return "the connection was closed"
        default: return "\(error)"
        }
    }
}
