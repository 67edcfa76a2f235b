import ApeCore
import Glibc
import NIOCore
import NIOPosix

/// Connects to a coordinator.
package enum ControlClient {
    /// How long one attempt to connect may take, in seconds.
    static let connectTimeoutSeconds: Int64 = 5

    /// - Parameters:
    ///   - address: the coordinator's.
    ///   - id: what the connection is to be known by in this process.
    /// - Returns: the open connection, nothing sent yet.
    /// - Throws: ``ApeError`` of code `network` that names the address and the system's reason.
    package static func connect(to address: ControlAddress, id: UInt64) async throws(ApeError) -> ControlConnection {
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(connectTimeoutSeconds))
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try ControlConnection.configure(channel) }
                }
            return ControlConnection(id: id, asyncChannel: channel)
        } catch {
            throw ApeError(.network, "Cannot reach the coordinator at \(address)", cause: reason(of: error))
        }
    }

    /// Why a connection could not be made, in the system's words rather than the library's.
    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return reason(of: first.error) }
            return "the host's name cannot be resolved"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: return "no answer within \(connectTimeoutSeconds) s"
        default: return "\(error)"
        }
    }
}
