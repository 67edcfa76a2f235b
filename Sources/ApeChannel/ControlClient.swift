import ApeCore
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
            throw ApeError(.network, "Cannot reach the coordinator at \(address)", cause: "\(error)")
        }
    }
}
