import ApeCore
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import ApeDemo

@Suite("The demo's services on real sockets")
struct LiveTests {
    /// Runs a service until `body` is through, then stops it gracefully.
    private func serving(
        _ service: any Service,
        _ addresses: AsyncStream<HostPort>,
        _ body: (HostPort) async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: [service], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = addresses.makeAsyncIterator()
            let address = try #require(await iterator.next())
            try await body(address)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func quick() -> SimulatedInference.Configuration {
        var configuration = SimulatedInference.Configuration()
        (configuration.ttftMicros, configuration.tokensPerSecond) = (1_000, 100_000)
        return configuration
    }

    @Test("A stream goes over a socket whole, several on one connection")
    func stream() async throws {
        let (addresses, arrival) = AsyncStream.makeStream(of: HostPort.self)
        let service = SimulatedInference(configuration: quick(), onListening: { arrival.yield($0) })
        try await serving(service, addresses) { address in
            let client = try await LiveClient(address)
            let body = Chat("Buy headphones").buffer
            try await client.talk { exchange in
                for _ in 0..<3 {
                    let reply = try await exchange(.POST, "/v1/chat/completions", body)
                    let answer = try StreamedAnswer(reply.body)
                    #expect(answer.isDone && answer.tool == "http_get")
                    #expect(reply.headers.first(name: "Content-Length") == nil)
                    #expect(reply.headers.first(name: "Date")?.hasSuffix(" GMT") == true)
                }
            }
        }
    }

    @Test("Events are stamped by the clock that agents go by")
    func stamps() async throws {
        let (addresses, arrival) = AsyncStream.makeStream(of: HostPort.self)
        var configuration = quick()
        configuration.sendsTimestamps = true
        let service = SimulatedInference(configuration: configuration, onListening: { arrival.yield($0) })
        try await serving(service, addresses) { address in
            try await LiveClient(address).talk { exchange in
                let before = DemoClock.steadyMicros()
                let reply = try await exchange(.POST, "/v1/chat/completions", Chat("Buy headphones").buffer)
                let stamps = try StreamedAnswer(reply.body).events.compactMap { $0["ape_sent_us"]?.integer }
                #expect(!stamps.isEmpty && stamps == stamps.sorted())
                #expect(stamps.allSatisfy { (before...DemoClock.steadyMicros()).contains($0) })
            }
        }
    }

    @Test("A client that closes its connection has given up what it asked", arguments: [false, true])
    func closing(isReset: Bool) async throws {
        let (addresses, arrival) = AsyncStream.makeStream(of: HostPort.self)
        var configuration = DemoShop.Configuration()
        configuration.latencyMicros = 3_600_000_000
        let shop = DemoShop(configuration: configuration, onListening: { arrival.yield($0) })
        try await serving(shop, addresses) { address in
            try await LiveClient.askAndClose(address, .GET, "/api/products", isReset: isReset)
            try await LiveClient(address).talk { exchange in
                var dropped: JSONValue?
                while dropped != 1 {
                    let reply = try await exchange(.GET, "/demo/stats", ByteBuffer())
                    dropped = try JSONValue(parsing: Array(reply.body.readableBytesView))["dropped"]
                }
            }
        }
    }

    @Test("The shop's address is told, and a taken one is an error that names it")
    func addresses() async throws {
        let (addresses, arrival) = AsyncStream.makeStream(of: HostPort.self)
        let shop = DemoShop(configuration: .init(), onListening: { arrival.yield($0) })
        try await serving(shop, addresses) { address in
            #expect(address.port > 0)
            var taken = DemoShop.Configuration()
            taken.address = address
            let error = await #expect(throws: ApeError.self) { try await DemoShop(configuration: taken).run() }
            #expect(error?.code == .network)
            #expect(error?.message.contains("\(address)") == true)
        }
    }

    @Test("The ready file appears once every part listens, and holds their addresses")
    func announcement() async throws {
        let file = "/tmp/ape-demo-ready-\(UInt64.random(in: 0 ... .max)).json"
        let (told, telling) = AsyncStream.makeStream(of: [DemoAnnouncement.Part: String].self)
        let announcement = DemoAnnouncement(parts: [.shop, .inference], readyFile: file) { telling.yield($0) }
        await announcement.arrived(.inference)(HostPort(host: "::1", port: 2))
        await announcement.arrived(.shop)(HostPort(host: "127.0.0.1", port: 1))
        let group = ServiceGroup(services: [announcement], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = told.makeAsyncIterator()
            #expect(await iterator.next() == [.shop: "http://127.0.0.1:1", .inference: "http://[::1]:2/v1"])
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        let ready = try JSONValue(parsing: String(contentsOfFile: file, encoding: .utf8))
        try FileManager.default.removeItem(atPath: file)
        #expect(ready == ["shop": "http://127.0.0.1:1", "inference": "http://[::1]:2/v1"])
    }
}
