import ApeCore
import NIOCore
import NIOPosix
import Synchronization

/// Listens for workers.
package struct ControlServer: Sendable {
    /// Connections that the kernel may hold before they are accepted.
    static let backlog: Int32 = 1024

    private let server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, Never>, Never>
    /// The address in use; its port is the real one where 0 was asked for.
    package let address: HostPort

    /// - Parameters:
    ///   - address: where to listen.
    ///   - tls: what is shown to workers and asked of them; nil for a channel in clear text.
    /// - Throws: ``ApeError`` of code `network` that names the address and why it cannot be listened on.
    package init(listeningOn address: HostPort, tls: TLSCredentials? = nil) async throws(ApeError) {
        try await self.init(listeningOn: address, tls: tls, handshakeLimitSeconds: TLSHandler.handshakeLimitSeconds)
    }

    /// A server with a time limit of its own for handshakes.
    init(
        listeningOn address: HostPort,
        tls: TLSCredentials?,
        handshakeLimitSeconds: Int64
    ) async throws(ApeError) {
        do {
            server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.backlog, value: Self.backlog)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = tls.map {
                            TLSHandler(TLSSession($0.context, name: ""), limitSeconds: handshakeLimitSeconds)
                        }
                        return try ControlConnection.configure(channel, tls: handler)
                    }
                }
        } catch {
            throw ApeError(
                .network,
                "Cannot listen on \(address): choose another address with --listen, or end what holds this one",
                cause: "\(error)"
            )
        }
        self.address = HostPort(host: address.host, port: server.channel.localAddress?.port ?? address.port)
    }

    /// Accepts connections until the task is cancelled.
    ///
    /// - Parameters:
    ///   - admit: called with each connection before the next one is accepted, so that no more of them stand than its
    ///     owner keeps; it must not wait for the peer.
    ///   - serve: serves the connection to its end, in a child task of its own.
    /// - Throws: what broke the listener, or `CancellationError`.
    package func run(
        admit: @escaping @Sendable (ControlConnection) async -> Void = { _ in },
        _ serve: @escaping @Sendable (ControlConnection) async -> Void
    ) async throws {
        let nextID = Mutex<UInt64>(0)
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    let id = nextID.withLock { id in
                        id += 1
                        return id
                    }
                    let accepted = ControlConnection(id: id, asyncChannel: connection, role: .coordinator)
                    await admit(accepted)
                    group.addTask { await serve(accepted) }
                }
            }
        }
    }
}
