import ApeCore
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

@testable import ApeDemo

/// A client of HTTP/1.1 on a real socket.
struct LiveClient: Sendable {
    typealias Exchange = (HTTPMethod, String, ByteBuffer) async throws -> (headers: HTTPHeaders, body: ByteBuffer)

    private let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    init(_ address: HostPort) async throws {
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Asks as often as `body` does, on one connection.
    func talk(_ body: (Exchange) async throws -> Void) async throws {
        try await channel.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            try await body { method, uri, sent in
                let headers: HTTPHeaders = ["Host": "localhost", "Content-Length": "\(sent.readableBytes)"]
                try await outbound.write(.head(.init(version: .http1_1, method: method, uri: uri, headers: headers)))
                try await outbound.write(.body(.byteBuffer(sent)))
                try await outbound.write(.end(nil))
                var reply = (headers: HTTPHeaders(), body: ByteBuffer())
                while let part = try await parts.next() {
                    switch part {
                    case .head(let head): reply.headers = head.headers
                    case .body(var bytes): reply.body.writeBuffer(&bytes)
                    case .end: return reply
                    }
                }
                throw DemoClient.BrokenOff()
            }
        }
    }

    /// Asks, and closes the connection at once.
    static func askAndClose(_ address: HostPort, _ method: HTTPMethod, _ uri: String, isReset: Bool) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: address.host, port: address.port).get()
        // A socket that does not linger resets its connection when it is closed.
        if isReset, let socket = channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        let request = "\(method.rawValue) \(uri) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: request))
        try await channel.close()
    }
}
