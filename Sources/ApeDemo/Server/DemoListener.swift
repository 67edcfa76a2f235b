import ApeCore
import ApeHTTP
import ApeProgram
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The HTTP server below each of the demo's services, whose connections are dealt out to a thread for each CPU in turn.
///
/// Whatever belongs to a connection happens on its thread, its timers and its answers too, so that no request wakes
/// another thread.
struct DemoListener: Sendable {
    /// The most connections that wait to be accepted: a whole fleet may connect at once.
    static let backlog: Int32 = 4096
    /// Connections that are accepted before those that there are have their turn.
    static let acceptedAtOnce: UInt = 64

    /// Connections at a time, those of all agents among them: as many as the process may have descriptors, but a few.
    static var maximumConnections: Int { max(16, OpenFileLimit.files - 128) }

    /// The threads of all services, for as long as the process lasts: one for each CPU, so that none takes another's.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: HostFacts.current().cpus)
    private static let timers = DemoTimers.Threads(group)

    var address: HostPort
    var clock: @Sendable () -> Int64
    var logger: Logger
    /// Called once with the bound address.
    var onListening: @Sendable (HostPort) async -> Void

    /// Serves until shutdown.
    ///
    /// - Throws: ``ApeError`` of code `network` when the address cannot be listened on.
    func run(_ service: any DemoService) async throws {
        let connections = HTTPConnections(limit: Self.maximumConnections)
        let server: any Channel
        do {
            server = try await bootstrap(service, connections).bind(host: address.host, port: address.port).get()
        } catch {
            let message = "Cannot listen on \(address); choose another address or port"
            throw ApeError(.network, message, cause: "\(error)")
        }
        let bound = HostPort(host: address.host, port: server.localAddress?.port ?? address.port)
        logger.info("Serving", metadata: ["address": "\(bound)"])
        await onListening(bound)
        // Thrown where the task is cancelled in place of a shutdown, which ends the service as well.
        try? await gracefulShutdown()
        try? await server.close()
        await connections.end()
    }

    private func bootstrap(_ service: any DemoService, _ connections: HTTPConnections) -> ServerBootstrap {
        let (hosts, clock) = (HostRule(listeningOn: address), clock)
        return ServerBootstrap(group: Self.group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedAtOnce)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(ConnectionDeadline(connections, isForOneRequest: false))
                    let own = Self.timers[channel.eventLoop]
                    try pipeline.addHandler(DemoConnection(service, hosts: hosts, timers: own, clock: clock))
                }
            }
    }
}
