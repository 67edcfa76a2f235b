import NIOCore
import NIOEmbedded

@testable import ApeChannel

/// A coordinator's and a worker's channel with TLS on both and no socket between: the test carries the bytes.
struct TLSPair {
    let coordinator: EmbeddedChannel
    let worker: EmbeddedChannel
    /// What the worker's handler drives.
    let workerSession: TLSSession

    init(_ coordinator: TLSCredentials, _ worker: TLSCredentials, host: String = "localhost") throws {
        workerSession = TLSSession(worker.context, name: host)
        self.coordinator = EmbeddedChannel(handler: TLSHandler(TLSSession(coordinator.context, name: "")))
        self.worker = EmbeddedChannel(handler: TLSHandler(workerSession))
        for channel in [self.coordinator, self.worker] {
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }
    }

    /// Carries what waits on either side to the other, in pieces of so many bytes, until nothing waits.
    func carry(pieceBytes: Int = .max) throws {
        var wasQuiet = false
        while !wasQuiet {
            wasQuiet = true
            for (from, to) in [(worker, coordinator), (coordinator, worker)] {
                while var bytes = try from.readOutbound(as: ByteBuffer.self) {
                    wasQuiet = false
                    while let piece = bytes.readSlice(length: min(pieceBytes, bytes.readableBytes)),
                        piece.readableBytes > 0
                    {
                        try to.writeInbound(piece)
                    }
                }
            }
        }
    }
}

extension EmbeddedChannel {
    /// Sends text and returns what of it is ciphertext.
    func send(_ text: String) throws {
        try writeAndFlush(ByteBuffer(string: text)).wait()
    }

    /// All that was decrypted so far.
    func heard() throws -> String {
        var all = ""
        while let bytes = try readInbound(as: ByteBuffer.self) { all += String(buffer: bytes) }
        return all
    }
}
