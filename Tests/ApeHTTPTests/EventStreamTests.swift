import ApeCore
import Logging
import NIOCore
import NIOEmbedded
import ServiceLifecycle
import Synchronization
import Testing

@testable import ApeHTTP

/// Streams of events, over real connections.
struct EventStreamTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withServer(_ site: Feed, _ body: (HostPort) async throws -> Void) async throws {
        let rights = ControlRights(token: Secret("0123456789abcdef"))
        let service = HTTPService(
            program: "ape-test",
            address: HostPort(host: "127.0.0.1", port: 0),
            isAsked: true,
            rights: rights,
            logger: quiet,
            headPatience: .minutes(5)
        )
        service.show(site)
        let group = ServiceGroup(services: [service], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(try #require(try await service.listening()))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func aStreamIsWrittenToItsEnd() async throws {
        try await withServer(Feed(count: 3)) { address in
            let answer = try await Peer.ask(address, "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.lowercased().contains("content-type: text/event-stream\r\n"))
            for number in 1...3 { #expect(answer.contains("id: \(number)\ndata: n\(number)\n\n")) }
            let lines = try await Peer.ask(address, "GET /lines HTTP/1.0\r\nHost: localhost\r\n\r\n")
            #expect(lines.contains("n1\n"))
            #expect(!lines.contains("data:"))
        }
    }

    @Test func theSeventeenthStreamIsToldToWait() async throws {
        let site = Feed(count: nil)
        try await withServer(site) { address in
            var readers: [any Channel] = []
            for _ in 1...HTTPExchange.maximumStreams {
                let channel = try await Peer.idle(address)
                try await channel.writeAndFlush(ByteBuffer(string: "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                readers.append(channel)
            }
            while site.open.withLock({ $0 }) < HTTPExchange.maximumStreams {
                try await Task.sleep(for: .milliseconds(5))
            }
            var refused = ""
            while !refused.hasPrefix("HTTP/1.1 503") {
                refused = try await Peer.ask(address, "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
            }
            #expect(refused.contains("too_many_streams"))
            let head = try await Peer.ask(address, "HEAD /feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            // Other pages are there all the same.
            let page = try await Peer.ask(address, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
            for reader in readers { reader.close(promise: nil) }
            // Whoever goes leaves a place.
            while site.open.withLock({ $0 }) > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test(.timeLimit(.minutes(5))) func theEndOfTheProgramEndsItsStreams() async throws {
        let site = Feed(count: nil)
        try await withServer(site) { address in
            let channel = try await Peer.idle(address)
            try await channel.writeAndFlush(ByteBuffer(string: "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            while site.open.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(site.open.withLock { $0 } == 0)
    }

    @Test func aStreamOutlivesOtherConnectionsForAsLongAsItIsRead() throws {
        let connections = HTTPConnections(limit: 4)
        let channel = EmbeddedChannel(handler: ConnectionDeadline(connections, isForOneRequest: true))
        try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.writeInbound(ByteBuffer(string: "stands for a head"))
        channel.triggerUserOutboundEvent(ConnectionDeadline.StreamBegins(), promise: nil)
        for _ in 0..<20 {
            channel.embeddedEventLoop.advanceTime(by: ConnectionDeadline.streamPatience - .milliseconds(1))
            try channel.writeOutbound(ByteBuffer(string: "an event"))
            #expect(channel.isActive)
        }
        channel.embeddedEventLoop.advanceTime(by: ConnectionDeadline.streamPatience)
        #expect(!channel.isActive)
    }

    @Test func ordersComeWithTheTokenAndInTheirBounds() async throws {
        try await withServer(Feed(count: 1)) { address in
            let start = "POST /order HTTP/1.1\r\nHost: localhost\r\n"
            let token = "Authorization: Bearer 0123456789abcdef\r\n"
            func status(_ rest: String) async throws -> String {
                String(try await Peer.ask(address, start + rest).dropFirst(9).prefix(3))
            }
            #expect(try await status("Content-Length: 0\r\n\r\n") == "401")
            #expect(try await status("\(token)Content-Length: 0\r\n\r\n") == "200")
            #expect(try await status("\(token)\r\n") == "200")
            #expect(try await status("\(token)\(token)Content-Length: 0\r\n\r\n") == "401")
            #expect(try await status("\(token)Origin: http://evil.example\r\nContent-Length: 0\r\n\r\n") == "403")
            #expect(try await status("\(token)Content-Length: 2\r\n\r\n{}") == "415")
            let json = "\(token)Content-Type: application/json\r\n"
            #expect(try await status("\(json)Content-Length: 2\r\n\r\n{}") == "200")
            #expect(try await status("\(json)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n") == "200")
            #expect(try await status("\(json)Content-Length: 99999999\r\n\r\n") == "413")
            let large = String(repeating: "a", count: HTTPRequest.maximumBody + 1)
            let chunk = "\(String(large.utf8.count, radix: 16))\r\n\(large)\r\n0\r\n\r\n"
            #expect(try await status("\(json)Transfer-Encoding: chunked\r\n\r\n\(chunk)") == "413")
            // A second request on the same connection is judged by itself.
            let two = try await Peer.ask(address, "\(start)\(token)\r\nPOST /order HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(two.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }.prefix(2) == ["200", "401"])
        }
    }

    @Test(arguments: ["/..", "/../feed", "/%2e%2e/feed", "/feed%00", "/feed/", "//feed", "/FEED", "/feed;a=b"])
    func aPathIsTakenAsItIsWritten(path: String) async throws {
        try await withServer(Feed(count: 1)) { address in
            let answer = try await Peer.ask(address, "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 404"), "\(answer.prefix(40))")
        }
    }
}

/// A site with streams, and a page that takes orders.
private final class Feed: HTTPSite {
    let endpoints = [
        HTTPEndpoint("/feed", "events"), HTTPEndpoint("/lines", "the same"), HTTPEndpoint(.post, "/order", "an order"),
    ]
    let open = Mutex(0)
    /// nil for a stream without an end.
    private let count: Int?

    init(count: Int?) {
        self.count = count
    }

    func notReadyReason() async -> String? { nil }

    func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        switch request.path {
        case "/order": return request.mayControl ? .json(["bytes": .integer(Int64(request.body.count))]) : nil
        case "/feed": return HTTPAnswer(contentType: "text/event-stream", body: .events(events()))
        case "/lines": return HTTPAnswer(contentType: "application/x-ndjson", body: .events(events()))
        default: return nil
        }
    }

    private func events() -> AsyncStream<ServerSentEvent> {
        let (stream, adding) = AsyncStream<ServerSentEvent>.makeStream(bufferingPolicy: .bufferingNewest(8))
        open.withLock { $0 += 1 }
        let count = count
        let making = Task {
            for number in 1...(count ?? .max) {
                adding.yield(ServerSentEvent(id: "\(number)", data: "n\(number)"))
                if count == nil { try await Task.sleep(for: .milliseconds(20)) }
            }
            adding.finish()
        }
        adding.onTermination = { [weak self] _ in
            making.cancel()
            self?.open.withLock { $0 -= 1 }
        }
        return stream
    }
}
