import NIOCore

/// Bounds what a peer can make a connection cost: the head of its first request has to be there soon, and where a
/// connection is for one request, it ends some time after it began, however slowly the peer writes or reads. A stream of
/// events may last, for as long as its reader takes what is written.
package final class ConnectionDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = NIOAny
    package typealias OutboundIn = NIOAny

    /// How long the head of the first request may take, from the connection's start.
    static let headPatience: TimeAmount = .seconds(2)
    /// The same where thousands of connections share a busy thread, which may have a head long before it reads it.
    static let busyHeadPatience: TimeAmount = .seconds(10)
    /// How long a connection for one request may last.
    static let patience: TimeAmount = .seconds(20)
    /// How long the reader of a stream may take for what is written, of which a heartbeat is the least.
    static let streamPatience: TimeAmount = .seconds(40)
    /// How long an answer that is under way may take once the program ends.
    static let lastPatience: TimeAmount = .seconds(1)

    private let connections: HTTPConnections
    private let isForOneRequest: Bool
    private let headPatience: TimeAmount
    private var timer: Scheduled<Void>?
    private var hasAsked = false
    private var isEnding = false
    private var isStreaming = false

    /// The answer that begins is a stream: to be triggered as an outbound event.
    struct StreamBegins: Sendable {}

    /// - Parameters:
    ///   - connections: all that the server has.
    ///   - isForOneRequest: whether the server closes after an answer.
    package convenience init(_ connections: HTTPConnections, isForOneRequest: Bool) {
        let patience = isForOneRequest ? Self.headPatience : Self.busyHeadPatience
        self.init(connections, isForOneRequest: isForOneRequest, headPatience: patience)
    }

    /// A connection whose first head may take a time of its own.
    init(_ connections: HTTPConnections, isForOneRequest: Bool, headPatience: TimeAmount) {
        self.connections = connections
        self.isForOneRequest = isForOneRequest
        self.headPatience = headPatience
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        connections.opened(context.channel)
        arm(context, headPatience)
        guard isForOneRequest else { return }
        // A pipeline that refuses a handler is one that is being torn down.
        try? context.pipeline.syncOperations.addHandler(RequestLimit(), position: .first)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    /// What comes first from the decoder is a whole head.
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasAsked {
            hasAsked = true
            connections.note(.asked, of: context.channel)
            if isForOneRequest { arm(context, isEnding ? Self.lastPatience : Self.patience) } else { timer?.cancel() }
        }
        context.fireChannelRead(data)
        // What is left to do here is nothing: further requests need not pass.
        if !isForOneRequest { context.pipeline.syncOperations.removeHandler(self, promise: nil) }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, isForOneRequest || !hasAsked {
            isEnding = true
            arm(context, Self.lastPatience)
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?)
    {
        guard event is StreamBegins else { return context.triggerUserOutboundEvent(event, promise: promise) }
        isStreaming = true
        connections.note(.streams, of: context.channel)
        arm(context, isEnding ? Self.lastPatience : Self.streamPatience)
        promise?.succeed()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isStreaming else { return context.write(data, promise: promise) }
        let taken = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        taken.futureResult.whenSuccess {
            let (deadline, context) = bound.value
            if !deadline.isEnding { deadline.arm(context, Self.streamPatience) }
        }
        context.write(data, promise: taken)
    }

    private func arm(_ context: ChannelHandlerContext, _ patience: TimeAmount) {
        timer?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: patience) { bound.value.close(promise: nil) }
    }
}

/// Ends a connection whose only request has more bytes than any that is answered.
final class RequestLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// Bytes of a request, with its head and its body.
    static let bytes = HTTPRequest.maximumBody + 40 * 1024

    private var left = bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        left -= unwrapInboundIn(data).readableBytes
        guard left >= 0 else { return context.close(promise: nil) }
        context.fireChannelRead(data)
    }
}
