import ApeCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ApeDemo

@Suite("Requests whose clients give up")
struct DroppedRequestTests {
    private let login = ByteBuffer(string: #"{"username":"ann","password":"demo"}"#)

    private func stats(_ service: any DemoService) throws -> JSONValue {
        let reply = try DemoClient(service: service).execute(.GET, "/demo/stats")
        return try JSONValue(parsing: Array(reply.body.readableBytesView))
    }

    private func inference(slots: Int = 0) -> SimulatedInference {
        var configuration = SimulatedInference.Configuration()
        configuration.slots = slots
        return SimulatedInference(configuration: configuration) { 1_000_000 }
    }

    @Test("One that was given up before its turn came costs no work")
    func beforeItsTurn() throws {
        let shop = DemoShop(configuration: .init())
        let peer = try DemoPeer(shop)
        peer.ask(.POST, "/api/login", body: login)
        peer.leave()
        peer.loop.advanceTime(by: .hours(1))
        #expect(try !peer.hasAnswer())
        let stats = try stats(shop)
        #expect(stats["dropped"] == 1)
        #expect(stats["total"] == 0)
        #expect(stats["sessions_opened"] == 0)
    }

    @Test("One that is given up while its answer takes its time is answered no more")
    func whileItTakesItsTime() throws {
        let shop = DemoShop(configuration: .init())
        let peer = try DemoPeer(shop)
        peer.ask(.POST, "/api/login", body: login)
        peer.loop.run()
        #expect(try stats(shop)["sessions_opened"] == 1)
        peer.leave()
        peer.loop.advanceTime(by: .hours(1))
        #expect(try !peer.hasAnswer())
        #expect(try stats(shop)["dropped"] == 1)
    }

    @Test("One that was answered is not given up")
    func afterItsAnswer() throws {
        let shop = DemoShop(configuration: .init())
        let peer = try DemoPeer(shop)
        peer.ask(.POST, "/api/login", body: login)
        peer.loop.advanceTime(by: .hours(1))
        peer.leave()
        #expect(try peer.reply().status == 200)
        #expect(try stats(shop)["dropped"] == 0)
    }

    @Test("One that waits for a slot leaves the queue")
    func inTheQueue() throws {
        let inference = inference(slots: 1)
        let slots = try #require(inference.slots)
        let loop = EmbeddedEventLoop()
        let peers = try (0..<3).map { _ in try DemoPeer(inference, on: loop) }
        for peer in peers { peer.ask(.POST, "/v1/chat/completions", body: Chat("Buy headphones").buffer) }
        loop.run()
        #expect(slots.waitingCount == 2)
        peers[1].leave()
        #expect(slots.waitingCount == 1)
        loop.advanceTime(by: .hours(1))
        #expect(try !peers[1].hasAnswer())
        #expect(try StreamedAnswer(peers[2].reply().body).isDone)
        let stats = try stats(inference)
        #expect(stats["dropped"] == 1)
        #expect(stats["decisions"] == 2)
    }

    @Test("One that is given up in the middle of its stream gives its slot back at once")
    func inMidStream() throws {
        let inference = inference(slots: 1)
        let slots = try #require(inference.slots)
        let loop = EmbeddedEventLoop()
        let (first, second) = (try DemoPeer(inference, on: loop), try DemoPeer(inference, on: loop))
        for peer in [first, second] { peer.ask(.POST, "/v1/chat/completions", body: Chat("Buy headphones").buffer) }
        loop.run()
        while try !first.hasAnswer() { loop.advanceTime(by: .milliseconds(1)) }
        #expect(slots.waitingCount == 1)
        first.leave()
        #expect(slots.waitingCount == 0)
        loop.advanceTime(by: .hours(1))
        #expect(throws: DemoClient.BrokenOff.self) { try first.reply() }
        #expect(try StreamedAnswer(second.reply().body).isDone)
        #expect(slots.runningCount == 0)
        #expect(try stats(inference)["dropped"] == 1)
    }
}
