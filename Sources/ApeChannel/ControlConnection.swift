import ApeCore
import NIOCore

/// One control channel between a coordinator and a worker: bytes in as they come, lines out in the order of sending.
package struct ControlConnection: Sendable {
    /// Bytes that may wait for a peer that reads slowly; past that the connection is closed, for a peer that does
    /// not read for so long will not catch up.
    package static let outboundLimitBytes = 16 * 1024 * 1024

    /// How long a peer may take to let the last line through before the connection is closed without it.
    static let farewellSeconds: Int64 = 5

    /// Unique within this process.
    package let id: UInt64
    /// The peer's address, for logs.
    package let peer: String
    /// What the coordinator showed, on a worker's connection over TLS.
    package var peerCertificate: CertificateFacts?
    private let channel: any Channel
    private let asyncChannel: NIOAsyncChannel<ByteBuffer, Never>
    private let role: TLSRole

    /// Wraps a channel of this process's, which is one side or the other.
    init(id: UInt64, asyncChannel: NIOAsyncChannel<ByteBuffer, Never>, role: TLSRole) {
        self.id = id
        self.role = role
        self.asyncChannel = asyncChannel
        channel = asyncChannel.channel
        peer = channel.remoteAddress.map(Self.describe) ?? "unknown"
    }

    private static func describe(_ address: SocketAddress) -> String {
        guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
        return HostPort(host: host, port: port).description
    }

    /// Runs `body` on each chunk of received bytes until the peer closes, the connection breaks, or the task is
    /// cancelled; the connection is closed when it returns. The peer is not read faster than `body` takes.
    ///
    /// - Returns: why the connection broke; nil where either side closed it.
    @discardableResult
    package nonisolated(nonsending) func receive(_ body: (_ bytes: [UInt8]) async -> Void) async -> ApeError? {
        do {
            try await asyncChannel.executeThenClose { inbound in
                for try await buffer in inbound {
                    await body(Array(buffer.readableBytesView))
                }
            }
            return nil
        } catch {
            return error is CancellationError ? nil : ApeError(connection: error, role: role)
        }
    }

    /// Sends bytes after all that was sent before; closes the connection when the peer has let too many wait.
    package func send(_ bytes: [UInt8]) {
        guard channel.isWritable else { return close() }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Sends a last line and closes once it is on its way, or after ``farewellSeconds`` where the peer does not read.
    package func close(after bytes: [UInt8]) {
        let limit = channel.eventLoop.scheduleTask(in: .seconds(Self.farewellSeconds)) { [channel] in
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in limit.cancel() }
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenComplete { [channel] _ in
            channel.close(promise: nil)
        }
    }

    /// Closes at once.
    package func close() {
        channel.close(promise: nil)
    }
}

extension ControlConnection {
    /// What every control channel's socket is set to: small lines go out at once, a dead peer is noticed, and the
    /// outbound queue has its limit. `tls` encrypts the channel, where it is given.
    static func configure(_ channel: any Channel, tls: TLSHandler?) throws -> NIOAsyncChannel<ByteBuffer, Never> {
        if let tls { try channel.pipeline.syncOperations.addHandler(tls) }
        let options = channel.syncOptions
        try options?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options?.setOption(.socketOption(.so_keepalive), value: 1)
        try options?.setOption(
            .writeBufferWaterMark,
            value: .init(low: outboundLimitBytes / 2, high: outboundLimitBytes)
        )
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }
}
