import ApeCore
import Logging
import NIOCore
import NIOEmbedded
import ServiceLifecycle
import Testing

@testable import ApeHTTP

/// The server on loopback, with peers that do as they like.
struct HTTPServiceTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withServer(
        at address: HostPort = HostPort(host: "127.0.0.1", port: 0),
        isAsked: Bool = true,
        headPatience: TimeAmount = .minutes(5),
        _ body: (HostPort) async throws -> Void
    ) async throws {
        let service = HTTPService(
            program: "ape-test",
            address: address,
            isAsked: isAsked,
            logger: quiet,
            headPatience: headPatience
        )
        service.show(OnePage())
        let group = ServiceGroup(services: [service], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let bound = try #require(try await service.listening())
            try await body(bound)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func answersGetAndHead() async throws {
        try await withServer { address in
            let get = try await Peer.ask(address, "GET /page?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(get.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(get.hasSuffix("\r\n\r\nhere\n"))
            #expect(get.lowercased().contains("content-length: 5\r\n"))
            #expect(get.contains(/\r\n[Dd]ate: \w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT\r\n/))
            let head = try await Peer.ask(address, "HEAD /page HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.hasSuffix("\r\n\r\n"))
            #expect(head.lowercased().contains("content-length: 5\r\n"))
        }
    }

    @Test func aPostIsToldWhatIsAllowed() async throws {
        try await withServer { address in
            let answer = try await Peer.ask(
                address,
                "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
            )
            #expect(answer.hasPrefix("HTTP/1.1 405 "))
            #expect(answer.lowercased().contains("allow: get, head\r\n"))
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{2}\r\n\r\n", "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 200_000))\r\n\r\n",
        "GET /\(String(repeating: "a", count: 2_000_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 5_000) + "\r\n",
    ])
    func garbageEndsItsOwnConnectionAlone(request: String) async throws {
        try await withServer { address in
            let answer = try await Peer.ask(address, request)
            #expect(!answer.hasPrefix("HTTP/1.1 200"), "\(answer.prefix(100))")
            let next = try await Peer.ask(address, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(next.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func connectionsThatAskForNothingKeepNoProbeOut() async throws {
        try await withServer { address in
            var idle: [any Channel] = []
            for _ in 1...HTTPService.maximumConnections * 2 {
                let channel = try await Peer.idle(address)
                // One that has gone for others takes nothing.
                try? await channel.writeAndFlush(ByteBuffer(string: "GET /metrics HTTP/1.1\r\nHost: x\r\nX-A: "))
                idle.append(channel)
            }
            let start = ContinuousClock.now
            let answer = try await Peer.ask(address, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(ContinuousClock.now - start < .seconds(60), "no slot comes free before its five minutes are over")
        }
    }

    @Test(.timeLimit(.minutes(5))) func aHeadThatDoesNotComeEndsItsConnection() async throws {
        try await withServer(headPatience: ConnectionDeadline.headPatience) { address in
            let start = ContinuousClock.now
            let channel = try await Peer.idle(address)
            // On a busy machine its patience may have ended already.
            try? await channel.writeAndFlush(ByteBuffer(string: "GET /page HTTP/1.1\r\nHost: localhost\r\n"))
            try await channel.closeFuture.get()
            #expect(ContinuousClock.now - start >= .seconds(1))
        }
    }

    @Test func manyIdleConnectionsDoNotKeepTheProgramFromEnding() async throws {
        try await withServer { address in
            for _ in 1..<HTTPService.maximumConnections { _ = try await Peer.idle(address) }
            let answer = try await Peer.ask(address, "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasSuffix("here\n"))
        }
    }

    @Test(arguments: ["evil.example.com", "evil.example.com:80", "127.0.0.1.example.com", "[::2]:80", "@", ""])
    func aNameThatSomebodyElseMayHaveIsNotServed(host: String) async throws {
        try await withServer { address in
            for path in ["/page", "/healthz", "/"] {
                let answer = try await Peer.ask(address, "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 421 "), "\(answer.prefix(60))")
                #expect(answer.contains("misdirected_request"))
            }
        }
    }

    @Test(arguments: ["localhost:9", "LOCALHOST", "127.0.0.1:1", "127.9.9.9", "[::1]:7", "ape.localhost", "localhost."])
    func namesOfThisMachineAreServed(host: String) async throws {
        try await withServer { address in
            let answer = try await Peer.ask(address, "GET /page HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            #expect(answer.hasSuffix("here\n"))
        }
    }

    @Test func whoNamesNoHostIsNoBrowser() async throws {
        try await withServer { address in
            let answer = try await Peer.ask(address, "GET /page HTTP/1.0\r\n\r\n")
            #expect(answer.hasSuffix("here\n"))
        }
    }

    @Test func whatOthersCanReachIsServedUnderAnyName() {
        let open = HostRule(listeningOn: HostPort(host: "0.0.0.0", port: 9465))
        #expect(open.accepts("coordinator:9465"))
        #expect(!HostRule(listeningOn: HostPort(host: "::1", port: 9465)).accepts("coordinator:9465"))
    }

    @Test func anAddressThatIsTakenIsToldWhereItWasAskedFor() async throws {
        try await withServer { address in
            let second = HTTPService(program: "ape-test", address: address, isAsked: true, logger: quiet)
            async let running: Void = second.run()
            let error = await #expect(throws: ApeError.self) { try await second.listening() }
            #expect(error?.code == .network)
            #expect(error?.message.contains("--http") == true)
            await running
        }
    }

    @Test func insteadOfAUsualAddressThatIsTakenAnotherPortServes() async throws {
        try await withServer { address in
            try await withServer(at: address, isAsked: false) { other in
                #expect(other.host == address.host)
                #expect(other.port != address.port)
                let answer = try await Peer.ask(other, "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(answer.hasSuffix("here\n"))
            }
        }
    }

    @Test func aConnectionEndsInItsTimeHoweverSlowItsPeer() async throws {
        let channel = try await connected()
        channel.embeddedEventLoop.advanceTime(by: ConnectionDeadline.headPatience - .milliseconds(1))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)

        let asking = try await connected()
        try asking.writeInbound(ByteBuffer(string: "stands for a head"))
        asking.embeddedEventLoop.advanceTime(by: ConnectionDeadline.patience - .milliseconds(1))
        #expect(asking.isActive)
        asking.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!asking.isActive)

        let last = try await connected()
        last.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        last.embeddedEventLoop.advanceTime(by: ConnectionDeadline.lastPatience)
        #expect(!last.isActive)
    }

    @Test func aConnectionForManyRequestsLastsOnceItHasAsked() async throws {
        let channel = try await connected(isForOneRequest: false)
        try channel.writeInbound(ByteBuffer(string: "stands for a head"))
        channel.embeddedEventLoop.advanceTime(by: .minutes(60))
        #expect(channel.isActive)
        let idle = try await connected(isForOneRequest: false)
        idle.embeddedEventLoop.advanceTime(by: ConnectionDeadline.busyHeadPatience)
        #expect(!idle.isActive)
    }

    private func connected(isForOneRequest: Bool = true) async throws -> EmbeddedChannel {
        let connections = HTTPConnections(limit: 4)
        let channel = EmbeddedChannel(handler: ConnectionDeadline(connections, isForOneRequest: isForOneRequest))
        try await channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).get()
        return channel
    }

    @Test func theOldestThatHasNotAskedGoesFirst() throws {
        let connections = HTTPConnections(limit: 3)
        let channels = (0..<6).map { _ in EmbeddedChannel() }
        for channel in channels { try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait() }
        for channel in channels[..<3] { connections.opened(channel) }
        connections.note(.asked, of: channels[0])
        connections.opened(channels[3])
        #expect(channels[..<4].map(\.isActive) == [true, false, true, true])
        connections.note(.asked, of: channels[2])
        connections.note(.asked, of: channels[3])
        connections.opened(channels[4])
        #expect(channels[..<5].map(\.isActive) == [false, false, true, true, true])
        connections.opened(channels[5])
        #expect(channels.map(\.isActive) == [false, false, true, true, false, true])
        #expect(connections.count == 3)
        // Whoever reads a stream stays the longest.
        connections.note(.streams, of: channels[2])
        connections.note(.asked, of: channels[3])
        connections.note(.asked, of: channels[5])
        connections.opened(channels[0])
        #expect(channels[2].isActive)
        #expect(!channels[3].isActive)
    }
}

private struct OnePage: HTTPSite {
    let endpoints = [HTTPEndpoint("/page", "a page")]

    func notReadyReason() async -> String? { nil }

    func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        request.path == "/page" ? HTTPAnswer(contentType: "text/plain", body: "here\n") : nil
    }
}
