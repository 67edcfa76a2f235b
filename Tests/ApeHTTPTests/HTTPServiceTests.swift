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
        _ body: (HostPort) async throws -> Void
    ) async throws {
        let service = HTTPService(program: "ape-test", address: address, isAsked: isAsked, logger: quiet)
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
            let get = try await Peer.ask(address, "GET /page?x=1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(get.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(get.hasSuffix("\r\n\r\nhere\n"))
            #expect(get.lowercased().contains("content-length: 5\r\n"))
            let head = try await Peer.ask(address, "HEAD /page HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.hasSuffix("\r\n\r\n"))
            #expect(head.lowercased().contains("content-length: 5\r\n"))
        }
    }

    @Test func aPostIsToldWhatIsAllowed() async throws {
        try await withServer { address in
            let answer = try await Peer.ask(address, "POST /page HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(answer.hasPrefix("HTTP/1.1 405 "))
            #expect(answer.lowercased().contains("allow: get, head\r\n"))
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{2}\r\n\r\n", "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 200_000))\r\n\r\n",
        "GET /\(String(repeating: "a", count: 2_000_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 5_000) + "\r\n",
    ])
    func garbageEndsItsOwnConnectionAlone(request: String) async throws {
        try await withServer { address in
            let answer = try await Peer.ask(address, request)
            #expect(!answer.hasPrefix("HTTP/1.1 200"), "\(answer.prefix(100))")
            let next = try await Peer.ask(address, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(next.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func manyIdleConnectionsDoNotKeepTheProgramFromEnding() async throws {
        try await withServer { address in
            var idle: [any Channel] = []
            for _ in 1..<HTTPService.maximumConnections { idle.append(try await Peer.idle(address)) }
            let answer = try await Peer.ask(address, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasSuffix("here\n"))
            #expect(idle.allSatisfy { $0.isActive })
        }
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
                let answer = try await Peer.ask(other, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.hasSuffix("here\n"))
            }
        }
    }

    @Test func aConnectionEndsInItsTimeHoweverSlowItsPeer() async throws {
        let channel = EmbeddedChannel(handler: ConnectionDeadline())
        try await channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).get()
        channel.embeddedEventLoop.advanceTime(by: ConnectionDeadline.patience - .milliseconds(1))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)

        let last = EmbeddedChannel(handler: ConnectionDeadline())
        try await last.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).get()
        last.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        last.embeddedEventLoop.advanceTime(by: ConnectionDeadline.lastPatience)
        #expect(!last.isActive)
    }
}

private struct OnePage: HTTPSite {
    let endpoints = [HTTPEndpoint("/page", "a page")]

    func notReadyReason() async -> String? { nil }

    func answer(_ path: String) async -> HTTPAnswer? {
        path == "/page" ? HTTPAnswer(contentType: "text/plain", body: "here\n") : nil
    }
}
