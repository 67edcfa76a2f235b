import NIOCore

/// Bounds what a peer can make a connection cost: it ends some time after it began, however slowly the peer writes or
/// reads. One request is all that a connection is for.
final class ConnectionDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    static let patience: TimeAmount = .seconds(20)
    /// How long an answer that is under way may take once the program ends.
    static let lastPatience: TimeAmount = .seconds(1)

    private var timer: Scheduled<Void>?

    func handlerAdded(context: ChannelHandlerContext) {
        arm(context, Self.patience)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { arm(context, Self.lastPatience) }
        context.fireUserInboundEventTriggered(event)
    }

    private func arm(_ context: ChannelHandlerContext, _ patience: TimeAmount) {
        timer?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: patience) { bound.value.close(promise: nil) }
    }
}
