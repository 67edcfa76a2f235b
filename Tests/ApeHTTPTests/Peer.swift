import ApeCore
import NIOCore
import NIOPosix

/// A client that sends just the bytes that it is told to.
enum Peer {
    /// A connection that says nothing.
    static func idle(_ address: HostPort) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: address.host, port: address.port).get()
    }

    private static func connect(_ address: HostPort) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
    }

    /// Sends a request and says that there is no more; returns all that comes until the server ends the connection.
    static func ask(_ address: HostPort, _ request: String) async throws -> String {
        let connection = try await connect(address)
        // A server that never answers fails the test instead of holding it up.
        let limit = connection.channel.eventLoop.scheduleTask(in: .seconds(120)) {
            connection.channel.close(promise: nil)
        }
        defer { limit.cancel() }
        return try await connection.executeThenClose { inbound, outbound in
            var answer = ByteBuffer()
            do {
                try await outbound.write(ByteBuffer(string: request))
                outbound.finish()
                for try await piece in inbound { answer.writeImmutableBuffer(piece) }
            } catch is IOError {
                // A server may end a connection in the middle of what it will not read.
            } catch let error as ChannelError where error == .ioOnClosedChannel {
            }
            return String(buffer: answer)
        }
    }
}
