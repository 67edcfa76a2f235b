import ApeCore
import ApeHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import ApeDemo

/// Asks a service without a socket, on a clock of its own: nothing is waited for.
struct DemoClient: Sendable {
    struct Reply: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: ByteBuffer
        /// When its parts were flushed, in microseconds since the request.
        var flushes: [Int64]
    }

    struct BrokenOff: Error {}

    let service: any DemoService

    func execute(
        _ method: HTTPMethod,
        _ uri: String,
        headers: HTTPHeaders = [:],
        body: ByteBuffer? = nil
    ) throws -> Reply {
        let connection = try DemoPeer(service)
        connection.ask(method, uri, headers: headers, body: body)
        connection.loop.advanceTime(by: .hours(3))
        return try connection.reply()
    }
}

/// The client's side of one connection, on a thread whose time a test makes pass.
struct DemoPeer {
    let loop: EmbeddedEventLoop
    private let channel: EmbeddedChannel
    /// Reads the answers' bytes.
    private let reader = EmbeddedChannel()
    private let flushes = FlushTimes()

    init(
        _ service: any DemoService,
        on loop: EmbeddedEventLoop = EmbeddedEventLoop(),
        timers: DemoTimers? = nil
    ) throws {
        let hosts = HostRule(listeningOn: HostPort(host: "127.0.0.1", port: 0))
        let connection = DemoConnection(service, hosts: hosts, timers: timers ?? DemoTimers(loop)) { 1_000_000 }
        self.loop = loop
        channel = EmbeddedChannel(handlers: [flushes, connection], loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try reader.pipeline.syncOperations.addHTTPClientHandlers()
    }

    /// Has a request read, which is begun when the loop runs.
    func ask(_ method: HTTPMethod, _ uri: String, headers: HTTPHeaders = [:], body: ByteBuffer? = nil) {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        // An answer to HEAD has no body, whatever length it tells.
        reader.writeAndFlush(HTTPClientRequestPart.head(head), promise: nil)
        channel.pipeline.fireChannelRead(HTTPServerRequestPart.head(head))
        if let body { channel.pipeline.fireChannelRead(HTTPServerRequestPart.body(body)) }
        channel.pipeline.fireChannelRead(HTTPServerRequestPart.end(nil))
    }

    /// Goes.
    func leave() {
        channel.close(promise: nil)
    }

    /// Whether anything was written since it was read last.
    func hasAnswer() throws -> Bool { try channel.readOutbound(as: ByteBuffer.self) != nil }

    /// Has the connection fail.
    func fail(_ error: any Error) {
        channel.pipeline.fireErrorCaught(error)
    }

    /// The bytes that were written since they were read last.
    func written() throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    /// The whole answer.
    func reply() throws -> DemoClient.Reply {
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { try reader.writeInbound(bytes) }
        guard case .head(let head) = try reader.readInbound(as: HTTPClientResponsePart.self) else {
            throw DemoClient.BrokenOff()
        }
        var reply = DemoClient.Reply(
            status: Int(head.status.code),
            headers: head.headers,
            body: ByteBuffer(),
            flushes: flushes.micros
        )
        while let part = try reader.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .body(var bytes): reply.body.writeBuffer(&bytes)
            case .end: return reply
            case .head: break
            }
        }
        throw DemoClient.BrokenOff()
    }
}

/// Notes when an answer's parts go out.
private final class FlushTimes: ChannelOutboundHandler {
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    private(set) var micros: [Int64] = []
    private var begin: NIODeadline?

    func handlerAdded(context: ChannelHandlerContext) {
        begin = context.eventLoop.now
    }

    func flush(context: ChannelHandlerContext) {
        if let begin { micros.append((context.eventLoop.now - begin).nanoseconds / 1_000) }
        context.flush()
    }
}
