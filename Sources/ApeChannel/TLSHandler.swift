import NIOCore

/// Speaks TLS on a channel: what comes from the socket is decrypted on its way in, what is sent is encrypted on its
/// way out.
///
/// What is sent before the handshake is done waits for it, and counts as sent. A failure is an error in the pipeline
/// before the channel closes; an end without TLS's goodbye is one.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a handshake may take, in seconds.
    static let handshakeLimitSeconds: Int64 = 5
    /// Bytes that may wait for the handshake: a greeting or a farewell.
    static let waitingLimitBytes = 64 * 1024

    private enum Phase {
        /// The handshake has not begun, or goes on.
        case handshake
        case open
        /// Failed, or closed by either side: nothing is sent or expected any more.
        case closed
    }

    private let session: TLSSession
    private let secured: EventLoopPromise<CertificateFacts?>?
    private var phase = Phase.handshake
    private var waiting: [UInt8] = []
    private let limitSeconds: Int64
    private var limit: Scheduled<Void>?

    /// Speaks TLS with `session`.
    ///
    /// - Parameters:
    ///   - session: this side of the connection, nothing sent yet.
    ///   - secured: succeeds with the other side's certificate once the handshake is done. Fails with a ``TLSFailure``
    ///     or the channel's own error.
    ///   - limitSeconds: how long the handshake may take.
    init(
        _ session: TLSSession,
        secured: EventLoopPromise<CertificateFacts?>? = nil,
        limitSeconds: Int64 = TLSHandler.handshakeLimitSeconds
    ) {
        self.session = session
        self.secured = secured
        self.limitSeconds = limitSeconds
    }

    func channelActive(context: ChannelHandlerContext) {
        limit = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(limitSeconds)) {
            self.fail(.timeLimit, context)
        }
        advance(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .closed else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { session.receive($0) }
        advance(context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let plain = unwrapOutboundIn(data)
        switch phase {
        case .handshake:
            guard waiting.count + plain.readableBytes <= Self.waitingLimitBytes else {
                promise?.fail(TLSFailure.overflow)
                return fail(.overflow, context)
            }
            waiting += plain.readableBytesView
            promise?.succeed()
        case .open: encrypt(Array(plain.readableBytesView), context, promise)
        case .closed: promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if phase == .open, mode != .input {
            session.close()
            sendOutgoing(context)
        }
        if mode == .all { end(ChannelError.alreadyClosed) }
        context.close(mode: mode, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        case .handshake: fail(.cutInHandshake, context)
        case .open: fail(.truncated, context)
        case .closed: break
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(error)
        context.fireErrorCaught(error)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(ChannelError.alreadyClosed)
    }

    /// Goes as far as what came allows.
    private func advance(_ context: ChannelHandlerContext) {
        do throws(TLSFailure) {
            if phase == .handshake, try session.handshake() { open(context) }
            while phase == .open, let plain = try session.read() {
                context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: plain)))
            }
            sendOutgoing(context)
            guard session.peerHasClosed else { return }
            if phase == .handshake { return fail(.cutInHandshake, context) }
            // The answer to a goodbye is a goodbye.
            if phase == .open { context.channel.close(promise: nil) }
        } catch {
            fail(error, context)
        }
    }

    private func open(_ context: ChannelHandlerContext) {
        phase = .open
        limit?.cancel()
        secured?.succeed(session.peerCertificate)
        encrypt(waiting, context, nil)
        waiting = []
    }

    private func encrypt(_ plain: [UInt8], _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        do throws(TLSFailure) {
            try session.write(plain)
        } catch {
            promise?.fail(error)
            return fail(error, context)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: session.takeOutgoing())), promise: promise)
    }

    /// Sends what TLS itself has to say: its handshake, its alerts, its goodbye.
    private func sendOutgoing(_ context: ChannelHandlerContext) {
        let ciphertext = session.takeOutgoing()
        guard !ciphertext.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: ciphertext)), promise: nil)
    }

    private func fail(_ failure: TLSFailure, _ context: ChannelHandlerContext) {
        guard phase != .closed else { return }
        sendOutgoing(context)
        end(failure)
        context.fireErrorCaught(failure)
        context.close(promise: nil)
    }

    private func end(_ error: any Error) {
        phase = .closed
        limit?.cancel()
        waiting = []
        // A promise that has succeeded ignores this.
        secured?.fail(error)
    }
}
