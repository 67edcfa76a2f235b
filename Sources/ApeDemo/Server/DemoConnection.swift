import ApeHTTP
import DequeModule
import NIOCore
import NIOHTTP1

/// A connection to one of the demo's services: puts requests together, has them answered one after the other, and tells of
/// a client that goes before it has its answer.
///
/// A request is begun only after everything that has come from the network by then was read. Where a client has given up
/// while its request waited to be read, its leaving is read with it, and no work is done for it.
final class DemoConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// Requests that may wait for the answer to the one before. A client that sends more at once is cut off.
    static let maximumWaiting = 16

    /// Those of the connection's thread.
    let timers: DemoTimers
    private let service: any DemoService
    private let hosts: HostRule
    private let clock: @Sendable () -> Int64
    private var head: HTTPRequestHead?
    /// nil where it is longer than what the service reads.
    private var body: [UInt8]? = []
    private var exchange: DemoExchange?
    private var waiting: Deque<DemoRequest> = []
    private var isEnding = false
    /// The `Host` that was accepted last: a client names the same one each time.
    private var acceptedHost: String?

    init(
        _ service: any DemoService,
        hosts: HostRule,
        timers: DemoTimers,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.timers = timers
        self.service = service
        self.hosts = hosts
        self.clock = clock
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
            if (1...service.maximumBodyBytes).contains(length) { body?.reserveCapacity(length) }
        case .body(let part):
            let length = (body?.count ?? 0) + part.readableBytes
            if length > service.maximumBodyBytes {
                body = nil
            } else {
                body?.append(contentsOf: part.readableBytesView)
            }
        case .end:
            guard let head, !isEnding else { return }
            let request = DemoRequest(head: head, body: body)
            (self.head, body) = (nil, [])
            if exchange == nil {
                begin(request, context)
            } else if waiting.count < Self.maximumWaiting {
                waiting.append(request)
            } else {
                context.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if exchange?.clientHasGone() == true { service.countDropped() }
        for _ in waiting { service.countDropped() }
        exchange = nil
        waiting = []
        context.fireChannelInactive()
    }

    /// Tells a client that does not speak HTTP so, unless it is in the middle of an answer.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, exchange?.isStreaming != true {
            let answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
        context.close(promise: nil)
    }

    /// Ends the connection once it has answered what it is at.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isEnding = true
            if exchange == nil { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The exchange under way has written its answer.
    func hasAnswered(_ context: ChannelHandlerContext, keepsAlive: Bool) {
        exchange = nil
        if keepsAlive, let next = waiting.popFirst() { return begin(next, context) }
        waiting = []
        if !keepsAlive { isEnding = true } else if isEnding { context.close(promise: nil) }
    }

    private func begin(_ request: DemoRequest, _ context: ChannelHandlerContext) {
        let exchange = DemoExchange(request.head, self, context, nowMicros: clock())
        self.exchange = exchange
        context.eventLoop.assumeIsolated().execute { [self] in
            guard !exchange.isOver, context.channel.isActive else { return }
            if accepts(request.head.headers.first(name: "Host")) {
                service.answer(request, exchange)
            } else {
                exchange.answer(DemoAnswer(HostRule.refusal))
            }
        }
    }

    private func accepts(_ host: String?) -> Bool {
        if let host, host == acceptedHost { return true }
        guard hosts.accepts(host) else { return false }
        acceptedHost = host
        return true
    }
}

extension DemoAnswer {
    fileprivate init(_ answer: HTTPAnswer) {
        let body = ByteBuffer(string: answer.text ?? "")
        self.init(status: answer.status, contentType: answer.contentType, body: body)
    }
}
