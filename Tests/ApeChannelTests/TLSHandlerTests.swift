import NIOCore
import NIOEmbedded
import Testing

@testable import ApeChannel

/// What the handler does with bytes, time and closes, without a socket.
@Suite(.enabled(if: TestAuthority.openssl != nil, "openssl is not installed"))
struct TLSHandlerTests {
    private let pair: TLSPair

    init() throws {
        let authority = try TestAuthority()
        let identity = try authority.issue("both")
        let files = TLSFiles(identity, trusting: authority.certificate)
        pair = try TLSPair(TLSCredentials(.coordinator, files), TLSCredentials(.worker, files))
    }

    @Test(arguments: [1, 7, .max])
    func carriesBytesBothWaysHoweverTheyAreCut(pieceBytes: Int) throws {
        let long = String(repeating: "0123456789", count: 10_000)
        try pair.carry(pieceBytes: pieceBytes)
        try pair.worker.send(long)
        try pair.coordinator.send("short")
        try pair.carry(pieceBytes: pieceBytes)
        #expect(try pair.coordinator.heard() == long)
        #expect(try pair.worker.heard() == "short")
    }

    @Test func writesOfOneByteArriveInOrder() throws {
        try pair.carry()
        for character in "one by one" { try pair.worker.send(String(character)) }
        try pair.carry()
        #expect(try pair.coordinator.heard() == "one by one")
    }

    @Test func whatIsSentBeforeTheHandshakeWaitsForIt() throws {
        try pair.coordinator.send("greeting")
        #expect(try pair.coordinator.readOutbound(as: ByteBuffer.self) == nil)
        try pair.carry()
        #expect(try pair.worker.heard() == "greeting")
    }

    @Test func keepsOnlySoMuchForTheHandshake() throws {
        #expect(throws: TLSFailure.overflow) {
            try pair.coordinator.send(String(repeating: "x", count: TLSHandler.waitingLimitBytes + 1))
        }
        #expect(!pair.coordinator.isActive)
    }

    @Test func nothingIsReadableOnTheWire() throws {
        try pair.carry()
        try pair.worker.send("a secret")
        let bytes = try #require(try pair.worker.readOutbound(as: ByteBuffer.self))
        #expect(!String(buffer: bytes).contains("secret"))
        #expect(bytes.readableBytes > 8)
    }

    @Test func anEndWithoutGoodbyeIsAnError() throws {
        try pair.carry()
        pair.coordinator.pipeline.fireChannelInactive()
        #expect(throws: TLSFailure.truncated) { try pair.coordinator.throwIfErrorCaught() }
    }

    @Test func anEndDuringTheHandshakeIsAnError() throws {
        pair.worker.pipeline.fireChannelInactive()
        #expect(throws: TLSFailure.cutInHandshake) { try pair.worker.throwIfErrorCaught() }
    }

    @Test func aGoodbyeIsAnsweredAndNoError() throws {
        try pair.carry()
        try pair.worker.send("last words")
        try pair.worker.close().wait()
        try pair.carry()
        #expect(try pair.coordinator.heard() == "last words")
        #expect(!pair.coordinator.isActive)
        pair.coordinator.pipeline.fireChannelInactive()
        try pair.coordinator.throwIfErrorCaught()
    }

    /// A peer that closes its own direction only still reads: it is told goodbye, and the connection ends.
    @Test func aHalfCloseEndsTheConnectionInOrder() throws {
        try pair.carry()
        pair.workerSession.close()
        try pair.coordinator.writeInbound(ByteBuffer(bytes: pair.workerSession.takeOutgoing()))
        #expect(!pair.coordinator.isActive)
        let answer = try #require(try pair.coordinator.readOutbound(as: ByteBuffer.self))
        try pair.worker.writeInbound(answer)
        #expect(!pair.worker.isActive)
    }

    @Test func theHandshakeHasALimit() throws {
        let loop = pair.coordinator.embeddedEventLoop
        loop.advanceTime(by: .seconds(TLSHandler.handshakeLimitSeconds) - .nanoseconds(1))
        try pair.coordinator.throwIfErrorCaught()
        loop.advanceTime(by: .nanoseconds(1))
        #expect(throws: TLSFailure.timeLimit) { try pair.coordinator.throwIfErrorCaught() }
        #expect(!pair.coordinator.isActive)
    }

    @Test func theLimitIsForTheHandshakeOnly() throws {
        try pair.carry()
        pair.coordinator.embeddedEventLoop.advanceTime(by: .hours(1))
        try pair.coordinator.throwIfErrorCaught()
        #expect(pair.coordinator.isActive)
    }

    @Test(arguments: [
        "{\"type\":\"greet\",\"protocol\":{\"major\":1}}\n", "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}",
        String(repeating: "\0", count: 64),
    ])
    func garbageBeforeTheHandshakeEndsIt(garbage: String) throws {
        _ = try? pair.coordinator.writeInbound(ByteBuffer(string: garbage))
        // What looks like the beginning of a record may be one: only the time limit tells.
        pair.coordinator.embeddedEventLoop.advanceTime(by: .seconds(TLSHandler.handshakeLimitSeconds))
        #expect(!pair.coordinator.isActive)
        #expect(try pair.coordinator.heard() == "")
        // What comes afterwards is not looked at.
        _ = try? pair.coordinator.writeInbound(ByteBuffer(string: garbage))
        #expect(try pair.coordinator.heard() == "")
    }

    @Test func aChangedByteEndsTheConnection() throws {
        try pair.carry()
        try pair.worker.send("pay 10")
        var bytes = try #require(try pair.worker.readOutbound(as: ByteBuffer.self))
        let last = bytes.writerIndex - 1
        bytes.setInteger((bytes.getInteger(at: last) ?? UInt8(0)) ^ 1, at: last)
        #expect {
            try pair.coordinator.writeInbound(bytes)
        } throws: { error in
            guard case TLSFailure.broken(let text) = error else { return false }
            return text.contains("mac")
        }
        #expect(try pair.coordinator.heard() == "")
        #expect(!pair.coordinator.isActive)
    }

    @Test func aRepeatedRecordEndsTheConnection() throws {
        try pair.carry()
        try pair.worker.send("once")
        let bytes = try #require(try pair.worker.readOutbound(as: ByteBuffer.self))
        try pair.coordinator.writeInbound(bytes)
        #expect(throws: TLSFailure.self) { try pair.coordinator.writeInbound(bytes) }
        #expect(try pair.coordinator.heard() == "once")
        #expect(!pair.coordinator.isActive)
    }

    @Test func aConnectionThatEndsIsLetGoOf() throws {
        weak var session: TLSSession?
        do {
            let authority = try TestAuthority()
            let files = TLSFiles(try authority.issue("one"), trusting: nil)
            let made = TLSSession(try TLSCredentials(.coordinator, files).context, name: "")
            session = made
            let channel = EmbeddedChannel(handler: TLSHandler(made))
            _ = try channel.finish()
        }
        #expect(session == nil)
    }
}
